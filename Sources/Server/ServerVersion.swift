/// The version of the server, as `/api/v1/version` tells it.
public enum ServerVersion {
    public static let text = "0.1.0"
}

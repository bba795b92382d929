/// The version of `logdb-agent`.
public enum AgentVersion {
    public static let text = "0.1.0"
}

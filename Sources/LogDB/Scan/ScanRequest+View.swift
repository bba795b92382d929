extension ScanRequest {
    /// The request for what is left of it in `view`.
    func within(_ view: StoreView) -> ScanRequest {
        var request = self
        request.filter = view.deletions.hidden(from: filter)
        return request
    }
}

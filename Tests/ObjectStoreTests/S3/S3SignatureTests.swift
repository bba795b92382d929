import Testing

@testable import ObjectStore

/// The examples that AWS publishes with the signature's description, with its example keys.
struct S3SignatureTests {
    private static let signature = S3Signature(
        credentials: S3Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1", time: "20130524T000000Z")
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private static func request(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [(String, String)] = [],
        bodyHash: String = emptyHash
    ) -> S3Signature.Request {
        let always = [
            ("host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", bodyHash),
            ("x-amz-date", "20130524T000000Z"),
        ]
        return S3Signature.Request(
            method: method, path: path, query: query.map { (name: $0.0, value: $0.1) },
            headers: (always + headers).map { (name: $0.0, value: $0.1) }, bodyHash: bodyHash)
    }

    @Test func aRangeOfAnObject() {
        let request = Self.request("GET", "/test.txt", headers: [("Range", "bytes=0-9")])
        #expect(
            Self.signature.signature(request) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(
            Self.signature.authorization(request)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func anObjectWithAnOddName() {
        let hash = Digests.hexadecimal(Digests.sha256(Array("Welcome to Amazon S3.".utf8)))
        #expect(hash == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        let request = Self.request(
            "PUT", "/test$file.text",
            headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            bodyHash: hash)
        #expect(
            Self.signature.signature(request) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func aQueryWithoutAValue() {
        #expect(
            Self.signature.signature(Self.request("GET", "/", query: [("lifecycle", "")]))
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    }

    @Test func aList() {
        #expect(
            Self.signature.signature(Self.request("GET", "/", query: [("prefix", "J"), ("max-keys", "2")]))
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func whatIsEncodedTwiceOrNotIsNoSignature() {
        #expect(S3Signature.encoded("a b/c=d+é", keepsSlashes: true) == "a%20b/c%3Dd%2B%C3%A9")
        #expect(S3Signature.encoded("a/b", keepsSlashes: false) == "a%2Fb")
        #expect(S3Signature.queryText([("b", "2"), ("a", "x y"), ("a", "1")]) == "a=1&a=x%20y&b=2")
    }

    @Test func credentialsAreNotShown() {
        let credentials = S3Credentials(accessKey: "AKID", secretKey: "hidden-key", sessionToken: "hidden-token")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(!text.contains("hidden") && !text.contains("AKID"))
        }
    }

    @Test func timesAreWrittenAsTheyAreSigned() {
        #expect(S3Client.timestamp(1_369_353_600) == "20130524T000000Z")
    }
}

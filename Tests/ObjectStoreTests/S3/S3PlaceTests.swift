import Testing

@testable import ObjectStore

struct S3PlaceTests {
    @Test func placesRead() throws {
        let place = try S3Place("s3://logs/a/b?endpoint=http://127.0.0.1:8333&region=eu-west-1")
        #expect(place.bucket == "logs")
        #expect(place.prefix == "a/b")
        #expect(place.endpoint == "http://127.0.0.1:8333")
        #expect(place.region == "eu-west-1")
        #expect(place.name("key") == "a/b/key")
        #expect(try S3Place("\(place)") == place)
        let short = try S3Place("s3://logs")
        #expect(short.prefix == "")
        #expect(short.name("key") == "key")
        #expect(short.endpoint == "https://s3.us-east-1.amazonaws.com")
        #expect(try S3Place("s3://logs/?region=eu-north-1").endpoint == "https://s3.eu-north-1.amazonaws.com")
        #expect(try S3Place("s3://logs?endpoint=http%3A%2F%2Flocalhost%3A9000%2F").endpoint == "http://localhost:9000")
    }

    @Test(arguments: [
        "logs", "s3://", "s3://a", "s3://LOGS", "s3://lo_gs", "s3://key:secret@logs/a", "s3://logs/../x",
        "s3://logs/a b",
        "s3://logs?endpoint=ftp://x", "s3://logs?endpoint=http://user:hidden@host",
        "s3://logs?endpoint=http://host/path",
        "s3://logs?colour=red", "s3://logs?region", "s3://logs?region=EU", "s3://logs?endpoint=",
    ])
    func othersAreRefusedAndNotRepeated(_ text: String) {
        let error = #expect(throws: ObjectStoreError.self) { try S3Place(text) }
        #expect(error?.code == .invalidPlace)
        #expect(error.map { !"\($0)".contains("secret") && !"\($0)".contains("hidden") } == true)
    }

    @Test func documentsRead() throws {
        let text =
            #"<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="x"><Name>b</Name><IsTruncated>true</IsTruncated>"#
            + "<Contents><Key>a&amp;b</Key><ETag>&#34;0f&#x22;</ETag></Contents><Contents><Key></Key></Contents>"
            + "</ListBucketResult>\n"
        let document = S3Document(Array(text.utf8))
        #expect(try document.texts("Key") == ["a&b", ""])
        #expect(try document.texts("ETag") == ["\"0f\""])
        #expect(try document.texts("Nothing") == [])
        #expect(document.isWhole("ListBucketResult"))
        #expect(!S3Document(Array(text.utf8.dropLast(8))).isWhole("ListBucketResult"))
        for damaged in ["<Key>a&b</Key>", "<Key>a", "<Key", "<Key>a<b/></Key>", "<Key>&#xzz;</Key>"] {
            #expect(throws: ObjectStoreError.self) { try S3Document(Array(damaged.utf8)).texts("Key") }
        }
    }
}

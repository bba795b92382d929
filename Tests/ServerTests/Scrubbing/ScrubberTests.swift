import LogModel
import Testing

@testable import Server

struct ScrubberTests {
    private static func scrubbed(_ text: String, _ rules: [ScrubRule]) -> String {
        var batch = Batch([Entry(time: .now, device: "D", message: text)])
        _ = Scrubber(rules).scrub(&batch)
        return batch[0].message
    }

    private static func scrubbed(_ text: String, as name: String) -> String {
        scrubbed(text, [ScrubRule(builtIn: name)!])
    }

    @Test(arguments: [
        ("mail to anna.b+x@mail.example.co.uk now", "mail to [email] now"), ("a@b.c,d@e.fg", "[email],[email]"),
        ("user@localhost", "user@localhost"), ("@nobody @ 12", "@nobody @ 12"), ("x@y.z", "[email]"),
    ])
    func addresses(text: String, expected: String) { #expect(Self.scrubbed(text, as: "email") == expected) }

    @Test(arguments: [
        ("call +49 170 1234567!", "call [phone]!"), ("+4915112345678", "[phone]"), ("(555) 123-4567", "[phone]"),
        ("555-123-4567, 555.123.4567", "[phone], [phone]"), ("x +1 (212) 555-0100 y", "x [phone] y"),
        ("took 1234567 ms", "took 1234567 ms"), ("10.0.0.1:8080", "10.0.0.1:8080"), ("+12", "+12"),
        ("2025-01-03 14:00", "2025-01-03 14:00"),
    ])
    func phones(text: String, expected: String) { #expect(Self.scrubbed(text, as: "phone") == expected) }

    @Test(arguments: [
        ("paid with 4111 1111 1111 1111.", "paid with [card]."), ("5500-0000-0000-0004", "[card]"),
        ("card=378282246310005;", "card=[card];"), ("4111111111111112", "4111111111111112"),
        ("1735912800000000", "1735912800000000"), ("id4111111111111111", "id4111111111111111"),
        ("0000000000000000", "0000000000000000"),
    ])
    func cards(text: String, expected: String) { #expect(Self.scrubbed(text, as: "card") == expected) }

    @Test(arguments: [
        ("Authorization: Bearer abcdef123456==", "Authorization: Bearer [token]"),
        ("eyJhbGciOiJI.eyJzdWIi.c2lnbmF0", "[token]"), (#"{"password": "hunter22"}"#, #"{"password": "[token]"}"#),
        ("api_key=abcd1234&x=1", "api_key=[token]&x=1"), ("AKIAIOSFODNN7EXAMPLE", "[token]"),
        ("the token was refused", "the token was refused"), ("token=[token] stays", "token=[token] stays"),
    ])
    func tokens(text: String, expected: String) { #expect(Self.scrubbed(text, as: "token") == expected) }

    @Test func ownExpressions() throws {
        let badge = try ScrubRule("badge", expression: "EMP-[0-9]{3}")
        let plate = try ScrubRule("plate", expression: "plate ([A-Z]+)")
        #expect(Self.scrubbed("EMP-123EMP-456 EMP-1", [badge]) == "[badge][badge] EMP-1")
        #expect(Self.scrubbed("plate ABC, EMP-999", [badge, plate]) == "plate [plate], [badge]")
        #expect(Self.scrubbed("ü EMP-123 ß", [badge]) == "ü [badge] ß")
        // What matches nothing is found nowhere.
        #expect(Self.scrubbed("aaa", [try ScrubRule("x", expression: "b*")]) == "aaa")
        for (name, expression) in [
            ("email", "x"), ("Big", "x"), ("", "x"), ("x y", "x"), ("x", ""), ("x", "("), ("x", "a{9999}"),
        ] {
            #expect(throws: ServerError.self, "\(name) \(expression)") { try ScrubRule(name, expression: expression) }
        }
        #expect(ScrubRule(builtIn: "colour") == nil)
    }

    @Test func allOfABatchIsScrubbedAndCounted() {
        let scrubber = Scrubber(ScrubRule.builtInNames.compactMap { ScrubRule(builtIn: $0) })
        var batch = Batch(
            (0..<10).map { index in
                Entry(
                    time: .now, device: "a@b.cd", message: index % 3 == 0 ? "x@y.zz \(index) x@y.zz" : "plain \(index)",
                    context: [Entry.Attribute("who", index == 5 ? "+4917012345678" : "nobody")])
            })
        #expect(scrubber.scrub(&batch))
        for index in 0..<10 {
            #expect(batch[index].message == (index % 3 == 0 ? "[email] \(index) [email]" : "plain \(index)"))
            #expect(batch[index].context[0].value == (index == 5 ? "[phone]" : "nobody"))
            #expect(batch[index].device == "a@b.cd")
        }
        #expect(scrubber.replacedCounts == [8, 1, 0, 0])
        let before = batch
        #expect(!scrubber.scrub(&batch) && batch.messages == before.messages)
        #expect(!Scrubber([]).scrub(&batch))
    }
}

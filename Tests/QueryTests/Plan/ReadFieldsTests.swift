import LogDB
import Testing

@testable import Query

@Suite struct ReadFieldsTests {
    @Test(
        arguments: [
            ("a", nil), ("| sort level", nil), ("| fields time, message", nil),
            ("| extract \"x <y>\" | fields y", [.message]),
            ("| extract \"x <y>\" from z | fields y, module", [.context("z"), .module]),
            (
                "| limit 5 | where x:1 | stats max(y) if (module:a) by thread, bin(1h)",
                [
                    .context("x"), .context("y"), .module, .thread, .time,
                ]
            ),
            ("| sort x | limit 9 | dedup logger | patterns", [.context("x"), .logger, .message, .time]),
            ("| limit 9 | fieldnames", nil), ("| fields module, x | fieldnames", [.module, .context("x")]),
            // It reads the rows of its answer itself.
            ("| where x:1 | extract \"a <b>\" | context 3", [.context("x"), .message]),
            ("| stats count() | explain", []),
        ] as [(String, Set<Field>?)]) func onlyWhatIsUsedIsRead(text: String, fields: Set<Field>?) throws
    {
        let pipeline = try plan(text).pipeline
        #expect(ReadFields.of(pipeline.stages, pipeline.schema) == fields)
    }
}

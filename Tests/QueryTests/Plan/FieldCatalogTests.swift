import LogDB
import Testing

@testable import Query

@Suite struct FieldCatalogTests {
    @Test(arguments: [
        (Field.level, "level"), (.session, "session"), (.context("retry_count"), "retry_count"),
        (.context("level"), "@level"), (.context("session_id"), "@session_id"), (.context("dsn"), "@dsn"),
        (.context("environment"), "@environment"), (.context("context.x"), "@context.x"), (.context("@x"), "@@x"),
        (.context("a.b"), "a.b"), (.context("camera id"), "camera id"), (.context("since"), "since"),
        (.context(""), ""),
    ])
    func columnsAreNamedSoThatTheNameLeadsBack(field: Field, name: String) throws {
        #expect(field.columnName == name)
        #expect(try Field(named: name) == field)
    }

    @Test func otherNamesOfFieldsAreRead() throws {
        #expect(try Field(named: "timestamp") == .time)
        #expect(try Field(named: "context.level") == .context("level"))
        #expect(try Field(named: "@") == .context("@"))
        let error = #expect(throws: QueryErrors.self) { try Field(named: "environment") }
        #expect(error?.diagnostics.first?.code == "joined_field")
    }

    @Test(
        arguments: [
            ("modul", "module"), ("sinc", "since"), ("since", nil), ("has", nil), ("module", nil), ("zzzz", nil),
        ]
            as [(String, String?)]) func whatANameResembles(name: String, field: String?)
    {
        #expect(FieldCatalog.resembling(FieldName(name)) == field)
    }
}

import LogModel
import Yams

/// What runs on a device, as a YAML file says it.
enum Composition {
    /// What a YAML file says, as JSON.
    static func read(_ path: String) throws(CommandFailure) -> JSONValue {
        let text = try SmallFile.read(path)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw CommandFailure("\(path) is no YAML")
        }
        guard let node, case .mapping = node else {
            throw CommandFailure("\(path) must be a mapping, with lines such as “name: DroneNav_v2.1”")
        }
        return try value(node, path)
    }

    private static func value(_ node: Node, _ path: String) throws(CommandFailure) -> JSONValue {
        switch node {
        case .mapping(let mapping):
            var members: [JSONValue.Member] = []
            for (key, node) in mapping {
                guard let name = key.string else { throw CommandFailure("\(path) has a name that is no text") }
                members.append(JSONValue.Member(name: name, value: try value(node, path)))
            }
            return .object(members)
        case .sequence(let sequence):
            var values: [JSONValue] = []
            for node in sequence { values.append(try value(node, path)) }
            return .array(values)
        case .alias: throw CommandFailure("\(path) refers to a part of itself; write it out")
        case .scalar(let scalar):
            // A version such as 2.10 is text, however it is written: numbers would lose how.
            if scalar.style == .plain, ["", "~", "null"].contains(scalar.string) { return .null }
            if scalar.style == .plain, let flag = ["true": true, "false": false][scalar.string] {
                return .boolean(flag)
            }
            return .string(scalar.string)
        }
    }
}

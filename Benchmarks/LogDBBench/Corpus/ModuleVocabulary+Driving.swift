extension ModuleVocabulary {
    /// The modules that move the robot.
    static let driving: [ModuleVocabulary] = [
        ModuleVocabulary(
            "navigation", loggers: ["WaypointPlanner", "PathPlanner", "Localizer"],
            debug: [
                "Planner tick {i:1-99999}: {i:3-40} candidates scored, best cost {d:0-90} after {i:2-25} ms",
                "Localization update accepted, covariance trace {d:0-4}, {i:20-400} particles alive",
                "Costmap window shifted by {i:0-12} cells, {i:100-9000} cells refreshed in {i:1-18} ms",
            ],
            info: [
                "Waypoint reached: WP-{i:1-60}, cross-track error {d:0-2} m, heading {i:0-359} degrees, speed kept",
                "Route segment {i:1-40} of {i:40-80} started, {i:20-900} m to go at {d:0-4} m/s",
                "Replanned around a {c:moving|parked|fallen} object, the new path is {i:1-60} m longer than before",
                "Map tile {i:1-4000} loaded from cache in {i:1-60} ms, checksum {x:8} verified before use",
                "Arrived at dock {i:1-24} after {i:200-3600} s, odometer now {i:1000-90000} m, ready for the next job",
            ],
            warn: [
                "Cross-track error {d:2-9} m is above the limit for {i:1-12} s, slowing down to {d:0-1} m/s",
                "Map tile {i:1-4000} is {i:8-90} days old, continuing with reduced confidence near row {i:1-70}",
                "Localization confidence fell to {i:20-59} percent near beacon {x:6}, widening the search",
            ],
            error: [
                "No path to WP-{i:1-60} within {i:500-4000} ms, {i:1-9} alternatives were rejected by the safety field",
                "Position lost after {i:3-30} s without a fix, holding at {d:0-90} north {d:0-90} east",
            ],
            fatal: ["Planner watchdog expired after {i:2000-9000} ms, brakes engaged by the safety controller"]),
        ModuleVocabulary(
            "control", loggers: ["MotorController", "FlightController", "BrakeMonitor"],
            debug: [
                "Loop {i:1-999999} took {i:700-1400} us, torque {d:0-12} Nm, slip {d:0-3} percent on axis {i:0-3}",
                "Feed-forward gain set to {d:0-2} at {i:0-80} degrees C, integrator at {d:0-9} of its bound",
                "Actuator bus cycle {i:1-999999} complete, {i:6-14} frames, jitter {i:3-240} us",
            ],
            info: [
                "Drive mode changed to {c:manual|assisted|autonomous|docking} by operator console {i:1-12} on request",
                "Calibration of axis {i:0-5} finished, offset {d:0-3} degrees, residual {d:0-1} degrees over 40 samples",
                "Speed limit set to {d:0-6} m/s in zone {i:1-48}, in force until the zone is left again by gate {i:1-9}",
                "Motor {i:0-7} temperature settled at {i:30-72} degrees C after {i:10-300} s of continuous load in gear {i:1-5}",
                "Brake self test passed in {i:120-900} ms, pad wear {i:1-70} percent on wheel {i:0-3}",
            ],
            warn: [
                "Motor {i:0-7} draws {d:20-44} A, above its rating for {i:1-20} s, reducing torque stepwise",
                "Control loop overran by {i:300-2500} us at cycle {i:1-999999}, the scheduler was late",
                "Wheel {i:0-3} slipped {i:4-40} percent on a {c:wet|steep|dusty} surface, traction control is active",
            ],
            error: [
                "Actuator {i:0-11} did not answer within {i:20-200} ms, fault register 0x{x:8}, retrying once",
                "Velocity command {d:6-12} m/s refused: outside the envelope for payload {i:1-90} kg",
            ],
            fatal: ["Emergency stop pressed on panel {i:1-4}, all drives powered off within {i:4-40} ms"]),
        ModuleVocabulary(
            "manipulation", loggers: ["GripPlanner", "ArmDriver"],
            debug: [
                "Inverse kinematics converged in {i:3-60} iterations, residual {d:0-1} mm for pose {x:10}",
                "Grasp candidate {i:1-64} scored {d:0-1}, approach angle {i:0-90} degrees, width {i:8-110} mm",
                "Joint {i:0-6} torque {d:0-60} Nm, temperature {i:28-66} degrees C, following error {d:0-1}",
            ],
            info: [
                "Picked item {i:100000-999999} into bin {i:1-48} in {i:900-5200} ms with {i:1-3} attempts",
                "Gripper {c:opened|closed} to {i:4-110} mm with {d:0-40} N at station {i:1-16}, sensor agrees",
                "Tool changed to {c:suction|finger|hook} head number {i:1-9}, recognised by tag {x:12} on the flange",
                "Place pose for order {i:100000-999999} computed from {i:3-12} views, deviation {d:0-4} mm",
                "Arm parked at home after {i:1-400} cycles, next lubrication in {i:10-900} hours",
            ],
            warn: [
                "Grip slipped by {d:0-9} mm, squeezing with {d:20-60} N and lifting slower than planned",
                "Item {i:100000-999999} weighs {i:200-9000} g, expected {i:200-9000} g, moving at half speed",
                "Suction pressure {i:30-70} kPa is low at cup {i:1-8}, the filter may need cleaning soon",
            ],
            error: [
                "Item {i:100000-999999} was dropped after {i:2-5} tries above bin {i:1-48}, asking for help",
                "Joint {i:0-6} hit its soft limit at {i:80-179} degrees, motion {x:10} was abandoned",
            ],
            fatal: ["Arm collision detected with {i:90-400} N on link {i:1-6}, arm powered off for inspection"]),
        ModuleVocabulary(
            "mission", loggers: ["MissionControl", "TaskQueue"],
            debug: [
                "Task queue holds {i:0-40} entries, head {uuid} waits since {i:1-600} s",
                "Behaviour tree ticked {i:1-99999} nodes, {i:1-40} running, deepest branch {i:3-19}",
                "Constraint check for task {i:1000-99999} took {i:1-30} ms, {i:4-90} rules evaluated",
            ],
            info: [
                "Task {i:1000-99999} assigned: carry {i:1-60} kg from rack {i:1-300} to station {i:1-16} by lift {i:1-4}",
                "Mission step {i:1-80} finished in {i:3-900} s, {i:1-60} percent of the plan is complete by now",
                "Order {uuid} accepted with {i:1-12} stops and {i:1-90} items",
                "Waiting for elevator {i:1-6} at floor {i:0-9}, position {i:1-5} in the queue of robots there",
                "Mission plan revision {i:1-30} received from {ip}, signature {x:16} is valid",
            ],
            warn: [
                "Task {i:1000-99999} is {i:30-900} s late, the deadline may be missed by shift {i:1-3}",
                "Operator has not confirmed step {i:1-80} for {i:30-600} s, reminding console {i:1-12} again",
                "Plan revision {i:1-30} conflicts with {i:1-4} local edits, the newer one was kept instead",
            ],
            error: [
                "Task {i:1000-99999} failed at step {i:1-80} with code E{i:100-599}, handed back to the scheduler",
                "Order {uuid} cannot be met: stock at rack {i:1-300} is empty",
            ],
            fatal: ["Mission aborted: {i:3-9} consecutive steps failed, returning to dock {i:1-24} without cargo"]),
    ]
}

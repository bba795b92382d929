extension ModuleVocabulary {
    /// The modules that move the robot.
    static let driving: [ModuleVocabulary] = [
        ModuleVocabulary(
            "navigation", weight: 20,
            """
            D PathPlanner Planner tick {i:1-99999}: {i:3-40} candidates scored, best cost {d:0-90} after {i:100-9000} us
            D Localizer Localization update accepted, covariance trace {d:0-4}, {i:20-400} particles alive, \
            scan {i:1-999999}
            D Costmap Costmap window shifted by {i:0-12} cells, {i:100-9000} cells refreshed in {i:100-18000} us
            D Localizer Scan match {i:1-999999} converged at score {d:0-99}, {i:3-40} iterations for {i:200-1800} points
            D PathPlanner Smoother pass {i:1-9} moved {i:10-400} nodes of route {x:8}, longest shift {d:0-1} m
            D RouteFollower Lookahead point is {d:0-6} m away, curvature {d:0-2}, speed {d:0-4} m/s, cycle {i:1-999999}
            D Costmap Inflation layer kept, no obstacle moved since cycle {i:1-999999}
            I RouteFollower Waypoint reached: WP-{i:1-60}, cross-track error {d:0-2} m, heading {i:0-359} degrees, \
            {i:100-9000} m driven
            I RouteFollower Route segment {i:1-40} of {i:40-80} started, {i:20-900} m to go at {d:0-4} m/s, \
            next bend in {d:0-90} m
            I PathPlanner Replanned around a {c:moving|parked|fallen} object, the new path is {i:1-60} m longer, \
            {i:100-9000} nodes were expanded
            I MapServer Map tile {i:1-4000} loaded from cache in {i:1-60} ms, checksum {x:8} verified before use
            I RouteFollower Arrived at dock {i:1-24} after {i:200-3600} s, odometer now {i:1000-90000} m, \
            {d:0-9} degrees off its axis
            I PathPlanner Goal {uuid} accepted, estimated {i:20-900} s
            I Localizer Beacon {x:6} seen at {d:0-30} m, bearing {i:0-359} degrees, residual {d:0-1} m
            I MapServer Map revision {x:12} replaces {x:12}, {i:1-400} tiles changed
            I RouteFollower Entering narrow passage {i:1-48}, clearance {i:12-60} cm on either side, \
            speed limited to {d:0-1} m/s
            I PathPlanner Route to station {i:1-16} planned in {i:20-900} ms over {i:30-4000} nodes, {i:100-9000} m long
            I RouteFollower Yielding to device {i:1-200} at crossing {i:1-90}, \
            waiting for {i:2-40} s at {d:0-20} m distance
            I RouteFollower Crossing {i:1-90} is free after {i:100-90000} ms, going on at {d:0-4} m/s
            W RouteFollower Cross-track error {d:2-9} m is above the limit for {i:1-12} s, slowing down to {d:0-1} m/s
            W MapServer Map tile {i:1-4000} is {i:8-90} days old, continuing with reduced confidence near row {i:1-70}
            W Localizer Localization confidence fell to {i:20-59} percent near beacon {x:6}, widening the search
            W PathPlanner Planning took {i:500-2500} ms, {i:100-900} ms more than the cycle allows
            W Costmap Costmap is {i:200-900} ms behind the sensors, marking {i:10-400} cells as unknown
            W RouteFollower Wrong turn at crossing {i:1-90}: heading {i:0-359} instead of {i:0-359} degrees
            E PathPlanner No path to WP-{i:1-60} within {i:500-4000} ms, {i:1-9} alternatives were rejected, \
            {i:100-90000} nodes seen
            E Localizer Position lost after {i:3-30} s without a fix, holding at {d:0-90} north {d:0-90} east
            E MapServer Map tile {i:1-4000} failed its check: {x:8} instead of {x:8}, fetching it again from {ip}
            E RouteFollower Stuck for {i:20-200} s at {d:0-90} north {d:0-90} east, asking for help
            F PathPlanner Planner watchdog expired after {i:2000-9000} ms, brakes engaged by the safety controller
            F Localizer Two independent positions differ by {i:5-90} m, driving is locked
            """),
        ModuleVocabulary(
            "control", weight: 14,
            """
            D MotorController Loop {i:1-999999} took {i:700-1400} us, torque {d:0-12} Nm, \
            slip {d:0-3} percent on axis {i:0-3}
            D MotorController Feed-forward gain set to {d:0-2} at {i:0-80} degrees C, integrator at {d:0-9} of its bound
            D BusMaster Actuator bus cycle {i:1-999999} complete, {i:6-14} frames, jitter {i:3-240} us
            D SpeedGovernor Set point {d:0-6} m/s, measured {d:0-6} m/s, ramp {i:1-90} percent done
            D BrakeMonitor Brake pressure {i:200-9000} kPa on circuit {i:1-2}, pedal free
            D BusMaster Node {i:1-40} clock is {i:1-900} us off, corrected at cycle {i:1-999999}
            I MotorController Drive mode changed to {c:manual|assisted|autonomous|docking} by operator console \
            {i:1-12}, {i:100-9000} m driven in the old one
            I MotorController Calibration of axis {i:0-5} finished, offset {d:0-3} degrees, residual {d:0-1} degrees
            I SpeedGovernor Speed limit set to {d:0-6} m/s in zone {i:1-48}, in force until the zone is left
            I MotorController Motor {i:0-7} temperature settled at {i:30-72} degrees C after {i:10-300} s of load at \
            {d:2-44} A
            I BrakeMonitor Brake self test passed in {i:120-900} ms, pad wear {i:1-70} percent on wheel {i:0-3}
            I BusMaster Actuator {i:0-11} online, serial {x:12}, firmware {i:1-4}.{i:0-30}.{i:0-99}
            I SpeedGovernor Envelope for payload {i:1-90} kg active: {d:0-6} m/s and {d:0-2} m/s2, \
            centre of mass at {d:0-1} m
            I BrakeMonitor Parking brake {c:set|released} on wheel {i:0-3} in {i:100-900} ms with {i:200-9000} kPa
            I MotorController Axis {i:0-5} homed in {i:200-4000} ms at encoder count {i:100000-9999999}, \
            backlash {d:0-2} degrees
            I SpeedGovernor Following distance {d:1-9} m kept behind device {i:1-200} for {i:100-9000} m at {d:0-4} m/s
            I MotorController Torque limit of axis {i:0-5} is {d:5-60} Nm from now on, asked by session {x:8}
            W MotorController Motor {i:0-7} draws {d:20-44} A, above its rating for {i:1-20} s, reducing torque stepwise
            W BusMaster Control loop overran by {i:300-2500} us at cycle {i:1-999999}, the scheduler was late
            W SpeedGovernor Wheel {i:0-3} slipped {i:4-40} percent on a {c:wet|steep|dusty} surface
            W BrakeMonitor Brake reaction took {i:60-400} ms on wheel {i:0-3}, expected {i:20-60} ms
            W BusMaster Bus error counter at {i:90-250} after {i:1-900} s, cable of node {i:1-40} suspected
            E BusMaster Actuator {i:0-11} did not answer within {i:20-200} ms, fault register 0x{x:8}, retrying once
            E SpeedGovernor Velocity command {d:6-12} m/s refused: outside the envelope for payload {i:1-90} kg
            E MotorController Axis {i:0-5} stopped at count {i:100000-9999999} after stall current {d:20-60} A
            E BrakeMonitor Pressure on circuit {i:1-2} fell to {i:10-190} kPa, speed limited at once
            F BrakeMonitor Emergency stop pressed on panel {i:1-4}, all drives powered off within {i:4-40} ms
            F BusMaster Bus silent for {i:100-900} ms, drives are without command
            """),
        ModuleVocabulary(
            "manipulation", weight: 6,
            """
            D ArmDriver Inverse kinematics converged in {i:3-60} iterations, residual {d:0-1} mm for pose {x:10}
            D GripPlanner Grasp candidate {i:1-64} scored {d:0-1}, approach angle {i:0-90} degrees, width {i:8-110} mm
            D ArmDriver Joint {i:0-6} torque {d:0-60} Nm, temperature {i:28-66} degrees C, following error {d:0-1}
            D GripPlanner Cloud of {i:1000-90000} points segmented into {i:1-40} parts in {i:4-90} ms
            D ArmDriver Trajectory {x:10} sampled at {i:100-900} points, longest step {d:0-4} degrees
            I BinKeeper Picked item {i:100000-999999} into bin {i:1-48} in {i:900-5200} ms with {i:1-3} attempts and \
            {d:4-40} N
            I ArmDriver Gripper {c:opened|closed} to {i:4-110} mm with {d:0-40} N at station {i:1-16}, sensor agrees
            I ArmDriver Tool changed to {c:suction|finger|hook} head number {i:1-9}, recognised by tag {x:12}
            I GripPlanner Place pose for order {i:100000-999999} computed from {i:3-12} views, deviation {d:0-4} mm
            I ArmDriver Arm parked at home after {i:1-400} cycles, next lubrication in {i:10-900} hours
            I BinKeeper Bin {i:1-48} is full with {i:10-400} items, order {uuid} closed
            I BinKeeper Tote {x:12} scanned at station {i:1-16}, {i:100-90000} g, label {i:10-99} percent readable
            I GripPlanner Item {i:100000-999999} is {c:upright|lying|tilted}, grasp {i:1-64} chosen, \
            expected force {d:4-40} N
            W ArmDriver Grip slipped by {d:0-9} mm, squeezing with {d:20-60} N and lifting slower than planned
            W BinKeeper Item {i:100000-999999} weighs {i:200-9000} g, expected {i:200-9000} g
            W ArmDriver Suction pressure {i:30-70} kPa is low at cup {i:1-8}, the filter may need cleaning soon
            W GripPlanner No stable grasp for item {i:100000-999999} from {i:2-9} views, shaking the bin
            E BinKeeper Item {i:100000-999999} was dropped after {i:2-5} tries above bin {i:1-48}, asking for help
            E ArmDriver Joint {i:0-6} hit its soft limit at {i:80-179} degrees, motion {x:10} was abandoned
            E GripPlanner Plan {x:10} collides with the rack at {d:0-2} m height
            F ArmDriver Arm collision detected with {i:90-400} N on link {i:1-6}, arm powered off for inspection
            """),
        ModuleVocabulary(
            "mission", weight: 5,
            """
            D TaskQueue Task queue holds {i:0-40} entries, head {uuid} waits since {i:1-600} s
            D BehaviourTree Behaviour tree ticked {i:1-99999} nodes, {i:1-40} running, deepest branch {i:3-19}
            D TaskQueue Constraint check for task {i:1000-99999} took {i:1-30} ms, {i:4-90} rules evaluated
            D BehaviourTree Node {i:1-900} returned {c:success|running|failure} in {i:10-9000} us
            I TaskQueue Task {i:1000-99999} assigned: carry {i:1-60} kg from rack {i:1-300} to station {i:1-16} \
            within {i:100-3600} s
            I MissionControl Mission step {i:1-80} finished in {i:3-900} s, {i:1-60} percent of the plan is complete
            I MissionControl Order {uuid} accepted with {i:1-12} stops and {i:1-90} items
            I MissionControl Waiting for elevator {i:1-6} at floor {i:0-9}, position {i:1-5} in the queue
            I MissionControl Mission plan revision {i:1-30} received from {ip}, signature {x:16} is valid
            I TaskQueue Task {i:1000-99999} handed over to device {i:1-200} at {d:0-90} north {d:0-90} east
            I MissionControl Elevator {i:1-6} entered with {i:1-60} kg on board, doors closed in {i:900-9000} ms
            I BehaviourTree Branch {c:deliver|charge|explore|return} activated by task {i:1000-99999}
            W TaskQueue Task {i:1000-99999} is {i:30-900} s late, the deadline may be missed by shift {i:1-3}
            W MissionControl Operator has not confirmed step {i:1-80} for {i:30-600} s, reminding console {i:1-12}
            W MissionControl Plan revision {i:1-30} conflicts with {i:1-4} local edits, the newer one was kept instead
            W TaskQueue Task {i:1000-99999} waits for lift {i:1-4}, which was lost from view {i:1-90} s ago
            E TaskQueue Task {i:1000-99999} failed at step {i:1-80} with code E{i:100-599}, returned to the scheduler
            E MissionControl Order {uuid} cannot be met: stock at rack {i:1-300} is empty
            E BehaviourTree Branch {c:deliver|charge|explore|return} gave up after {i:2-9} attempts from node {i:1-900}
            F MissionControl Mission aborted: {i:3-9} consecutive steps failed, returning to dock {i:1-24}
            """),
    ]
}

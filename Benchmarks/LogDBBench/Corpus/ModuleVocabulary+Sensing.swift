extension ModuleVocabulary {
    /// The modules that look at the world.
    static let sensing: [ModuleVocabulary] = [
        ModuleVocabulary(
            "input", weight: 12,
            """
            D ImuDriver Inertial sample {i:1-9999999}: bias {d:0-2} mg, noise floor {d:0-1}, temperature {i:20-60} C
            D GpsReceiver Satellite table {x:4} refreshed, {i:4-24} in view, {i:3-18} used, oldest correction {i:1-40} s
            D SensorHub Sensor hub polled {i:4-30} nodes in {i:300-4000} us, {i:0-3} of them answered late, \
            round {i:1-999999}
            D LidarDriver Sweep {i:1-9999999} has {i:9000-64000} points, {i:0-400} without return, {i:80-120} ms
            D GpsReceiver Raw message {x:4} of {i:40-900} bytes, checksum fine
            D ImuDriver Filter state saved at sample {i:1-9999999}
            I GpsReceiver Position fix with {i:6-18} satellites, horizontal error {d:0-3} m, \
            corrections {i:100-12000} ms old
            I SensorHub Barometer reads {i:950-1040} hPa, altitude {i:0-600} m, drift removed since start {d:0-4} m
            I ImuDriver Odometry and inertial estimates agree within {d:0-1} percent over the last {i:50-900} m driven
            I SensorHub Sensor node {x:8} joined on bus {i:0-3} with firmware {i:1-4}.{i:0-30}.{i:0-99} after \
            {i:100-9000} ms
            I GpsReceiver Clock disciplined to satellite time, offset was {i:1-900} us, next check in {i:30-600} s
            I LidarDriver Spindle at {i:580-620} rpm, window {i:60-100} percent clean, {i:30-60} degrees C, \
            sweep {i:1-9999999}
            I LidarDriver Intensity table {x:8} loaded for {i:16-128} lasers, calibrated {i:1-900} days ago
            I SensorHub Bumper {i:1-8} {c:pressed|released} after {i:20-9000} ms with {d:0-60} N at {d:0-2} m/s
            I SensorHub Humidity {i:20-95} percent, dew point {i:0-22} degrees C, air {i:10-900} ppm
            I GpsReceiver Corrections now come from {ip}, mount point {x:6}
            W GpsReceiver GPS signal weak ({i:2-4} sats), horizontal error {d:4-30} m, relying on odometry meanwhile
            W ImuDriver Compass disagrees with heading by {i:12-80} degrees near rack {i:1-300}
            W SensorHub Sensor node {x:8} missed {i:2-30} samples in {i:1-10} s on bus {i:0-3}, cable suspected
            W LidarDriver Sector {i:0-35} lost, no return for {i:3-90} sweeps: is something before the lidar?
            W GpsReceiver Jamming indicator at {i:60-255}, gain {i:10-90} percent
            E ImuDriver Inertial unit reports fault 0x{x:8} after {i:1-900} s, switched to the spare unit {i:1-2}
            E GpsReceiver No satellite corrections from {ip} for {i:60-900} s
            E LidarDriver Motor of the lidar at {i:100-500} rpm, sweep {i:1-9999999} is not usable
            E SensorHub Node {x:8} left bus {i:0-3} without a word, {i:1-400} samples lost
            F ImuDriver Both inertial units failed self test with codes 0x{x:8} and 0x{x:8}, refusing to move
            """),
        ModuleVocabulary(
            "processing", weight: 12,
            """
            D FramePipeline Frame {i:1-9999999} processed in {i:8-48} ms, {i:0-30} objects, \
            {i:100-9000} of {i:9000-64000} points kept
            D TrackFilter Track {i:1-9999} updated: age {i:1-900} frames, speed {d:0-9} m/s, \
            confidence {i:30-99} percent
            D ModelRunner Model pass finished in {i:4-40} ms on {c:gpu|npu|cpu}, batch {i:1-8}, queue depth {i:0-12}
            D FramePipeline Queue {c:left|right|rear} holds frames {i:1-9999999} to {i:1-9999999}
            D TrackFilter Track {i:1-9999} merged with {i:1-9999}, distance {d:0-2} m
            D GroundFilter Plane fitted with {i:200-9000} inliers, tilt {d:0-8} degrees
            I GroundFilter Obstacle map rebuilt from {i:2-8} sensors, {i:1000-90000} cells occupied, \
            oldest sweep {i:1-9999999}
            I ObstacleDetector Detected {c:a person|a forklift|a pallet|a cart} at {d:0-20} m, \
            bearing {i:0-359} degrees, track {i:1-9999}, speed {d:0-4} m/s
            I FramePipeline Pipeline obs_detect_{i:1-8} running at {i:10-30} frames a second with {i:0-3} percent \
            dropped
            I FramePipeline Calibration of camera pair {i:1-6} still valid, reprojection error {d:0-1} pixels
            I ModelRunner Model revision {x:12} activated for detection, warm-up took {i:200-2400} ms on this device
            I TrackFilter Track {i:1-9999} ended after {i:1-900} frames at {d:0-20} m, bearing {i:0-359} degrees, \
            longest gap {i:1-90} frames
            I ObstacleDetector Zone {i:1-48} is free of people since {i:1-900} s, {i:100-9000} points were looked at
            I ObstacleDetector Person at {d:0-20} m walks {c:away|closer|across} at {d:0-2} m/s, \
            predicted for {i:400-3000} ms
            I ModelRunner Tensor cache holds {i:4-400} MB in {i:2-64} slots, {i:60-99} percent hits
            W FramePipeline Frame {i:1-9999999} arrived {i:60-400} ms late, {i:1-9} frames were dropped to catch up
            W ObstacleDetector Object class uncertain at {d:0-12} m: person {i:30-60} percent, cart {i:20-50} percent
            W FramePipeline Detection latency {i:120-480} ms is above target, resolution lowered to {i:320-720} lines
            W TrackFilter {i:100-900} tracks at once, the oldest {i:10-90} were dropped
            W GroundFilter Floor is not flat near {d:0-90} north {d:0-90} east: {i:3-20} cm
            E FramePipeline Obstacle detection timeout after {i:400-900} ms in pipeline obs_detect_{i:1-8}
            E ModelRunner Out of memory for tensor of {i:8-90} MB, model {x:12} was unloaded and reloaded
            E TrackFilter Covariance of track {i:1-9999} is not positive at frame {i:1-9999999}
            F ObstacleDetector Perception stopped: {i:3-8} pipelines failed within {i:1-10} s, the robot must not move
            """),
        ModuleVocabulary(
            "camera", weight: 9,
            """
            D CameraDriver Exposure {i:100-33000} us, gain {d:0-24} dB, mean luma {i:20-230}, \
            white balance {i:2500-7500} K
            D Encoder Encoder buffer {i:0-100} percent full, bitrate {i:500-9000} kbit/s, frame type {c:I|P|B}
            D CameraDriver Frame {i:1-9999999} captured, transfer {i:2-12} ms, {i:0-9} retries on link {i:0-3}
            D Encoder Rate control chose quantiser {i:18-44} for frame {i:1-9999999}
            D CameraDriver Register 0x{x:4} written with 0x{x:4}
            I Encoder Encoded {i:250-310} frames to frame {i:1-9999999}, {i:0-4} dropped, {i:400-9000} kbit/s on average
            I StreamServer Stream {x:8} opened by {ip} at {i:360-1080} lines and {i:5-30} frames a second
            I CameraDriver Focus found at step {i:100-900} with contrast {d:0-9} after {i:4-40} frames of searching
            I Recorder Recording segment {i:1-9999} closed with {i:1-90} MB, digest {x:16}, kept for the next upload
            I CameraDriver Lens heater switched {c:on|off} at {i:0-15} degrees C, humidity {i:40-98} percent outside
            I StreamServer Viewer {ip} asked for a key frame, {i:1-9} viewers on stream {x:8}
            I Recorder Segment {i:1-9999} uploaded from {i:1-90} MB to {ip} in {i:900-90000} ms
            I CameraDriver Day and night filter moved to {c:day|night} at {i:1-400} lux, last moved {i:100-90000} s ago
            W CameraDriver Image is too {c:dark|bright} for detection, mean luma {i:4-250}, \
            exposure at its bound already
            W Encoder Dropped {i:5-60} frames in {i:1-10} s: the encoder is busy, bitrate lowered to {i:300-900} kbit/s
            W CameraDriver Lens may be dirty: contrast fell by {i:20-70} percent over {i:2-48} hours on this camera
            W StreamServer Viewer {ip} reads {i:300-4000} ms behind, key frames only
            E CameraDriver Capture failed with status 0x{x:8} on link {i:0-3}, sensor was reset for the {i:1-9}th time
            E StreamServer Stream {x:8} to {ip} closed after {i:1-900} s: peer too slow
            E Recorder Segment {i:1-9999} has {i:1-90} frames that were lost before the disk
            F CameraDriver Camera module {i:0-5} is gone from the bus, last status 0x{x:8}, vision is incomplete
            """),
        ModuleVocabulary(
            "audio", weight: 3,
            """
            D MicArray Beam steered to {i:0-359} degrees, energy {i:20-90} dB, {i:1-6} sources separated in {i:2-9} ms
            D MicArray Echo canceller converged after {i:200-2400} ms, residual {i:10-60} dB below the prompt
            D MicArray Microphone {i:0-7} level {i:20-80} dB, clipping {i:0-9} of {i:1000-9999} samples
            D SpeechEngine Decoder step {i:1-99999}: {i:2-40} hypotheses, best {d:0-60}
            I VoicePrompt Announced phrase {i:1-240} at {i:40-80} percent volume in \
            {c:English|German|French|Japanese}, {i:400-9000} ms long
            I SpeechEngine Wake word heard with confidence {i:60-99} percent from {i:0-359} degrees
            I MicArray Noise profile of zone {i:1-48} updated, background {i:38-82} dB, {i:10-900} samples kept
            I SpeechEngine Voice command understood as {c:stop|follow|pause|resume}, speaker {i:1-40}, {i:90-700} ms
            I VoicePrompt Horn tested for {i:100-900} ms at {i:60-96} dB, the reflected level is as expected here
            I VoicePrompt Prompt pack {x:12} installed, {i:40-900} phrases
            W MicArray Background noise {i:82-104} dB drowns speech in zone {i:1-48}, voice commands are disabled
            W MicArray Microphone {i:0-7} differs from its neighbours by {i:6-30} dB, excluded from the array
            W VoicePrompt Prompt {i:1-240} was cut after {i:100-900} ms because a more urgent one was waiting
            E VoicePrompt Audio device {x:6} refused format {i:8000-48000} Hz with {i:1-8} channels, prompts are silent
            E SpeechEngine Speech model {x:12} failed to load: {i:10-90} MB missing after {i:1-5} tries
            F VoicePrompt Warning horn does not answer, driving at walking speed only until serviced, code {i:10-99}
            """),
    ]
}

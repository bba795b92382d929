extension ModuleVocabulary {
    /// The modules that look at the world.
    static let sensing: [ModuleVocabulary] = [
        ModuleVocabulary(
            "input", loggers: ["GpsReceiver", "ImuDriver", "SensorHub"],
            debug: [
                "Inertial sample {i:1-9999999}: bias {d:0-2} mg, noise floor {d:0-1}, temperature {i:20-60} C",
                "Satellite table refreshed, {i:4-24} in view, {i:3-18} used, oldest correction {i:1-40} s",
                "Sensor hub polled {i:4-30} nodes in {i:300-4000} us, {i:0-3} of them answered late",
            ],
            info: [
                "Position fix with {i:6-18} satellites, horizontal error {d:0-3} m, age of corrections {i:1-12} s, base {i:1-9}",
                "Barometer reads {i:950-1040} hPa, altitude {i:0-600} m, drift removed since start {d:0-4} m",
                "Odometry and inertial estimates agree within {d:0-1} percent over the last {i:50-900} m driven",
                "Sensor node {x:8} joined on bus {i:0-3} with firmware {i:1-4}.{i:0-30}.{i:0-99}, sampling started",
                "Clock disciplined to satellite time, offset was {i:1-900} us, next check in {i:30-600} s",
            ],
            warn: [
                "GPS signal weak ({i:2-4} sats), horizontal error {d:4-30} m, relying on odometry meanwhile",
                "Compass disagrees with heading by {i:12-80} degrees near rack {i:1-300}, its weight was reduced",
                "Sensor node {x:8} missed {i:2-30} samples in {i:1-10} s on bus {i:0-3}, cable suspected",
            ],
            error: [
                "Inertial unit reports fault 0x{x:8} after {i:1-900} s, switched to the spare unit {i:1-2}",
                "No satellite corrections from {ip} for {i:60-900} s",
            ],
            fatal: ["Both inertial units failed self test with codes 0x{x:8} and 0x{x:8}, refusing to move"]),
        ModuleVocabulary(
            "processing", loggers: ["ObstacleDetector", "FramePipeline", "TrackFilter"],
            debug: [
                "Frame {i:1-9999999} processed in {i:8-48} ms, {i:0-30} objects, {i:100-9000} points kept",
                "Track {i:1-9999} updated: age {i:1-900} frames, speed {d:0-9} m/s, confidence {i:30-99} percent",
                "Model pass finished in {i:4-40} ms on {c:gpu|npu|cpu}, batch {i:1-8}, queue depth {i:0-12}",
            ],
            info: [
                "Obstacle map rebuilt from {i:2-8} sensors, {i:1000-90000} cells occupied, age {i:10-180} ms",
                "Detected {c:a person|a forklift|a pallet|a cart} at {d:0-20} m, bearing {i:0-359}, track {i:1-9999}",
                "Pipeline obs_detect_{i:1-8} running at {i:10-30} frames a second with {i:0-3} percent dropped",
                "Calibration of camera pair {i:1-6} still valid, reprojection error {d:0-1} pixels on {i:40-90} points",
                "Model revision {x:12} activated for detection, warm-up took {i:200-2400} ms on this device",
            ],
            warn: [
                "Frame {i:1-9999999} arrived {i:60-400} ms late, {i:1-9} frames were dropped to catch up",
                "Object class uncertain at {d:0-12} m: person {i:30-60} percent, cart {i:20-50} percent",
                "Detection latency {i:120-480} ms is above target, lowering the resolution to {i:320-720} lines",
            ],
            error: [
                "Obstacle detection timeout after {i:400-900} ms in pipeline obs_detect_{i:1-8}, frame {i:1-9999999}",
                "Out of memory for tensor of {i:8-90} MB, model {x:12} was unloaded and reloaded",
            ],
            fatal: ["Perception stopped: {i:3-8} pipelines failed within {i:1-10} s, the robot must not move"]),
        ModuleVocabulary(
            "camera", loggers: ["CameraDriver", "Encoder"],
            debug: [
                "Exposure {i:100-33000} us, gain {d:0-24} dB, mean luma {i:20-230}, white balance {i:2500-7500} K",
                "Encoder buffer {i:0-100} percent full, bitrate {i:500-9000} kbit/s, frame type {c:I|P|B}, slice {i:1-16}",
                "Frame {i:1-9999999} captured, transfer {i:2-12} ms, {i:0-9} retries on link {i:0-3}",
            ],
            info: [
                "Encoded {i:250-310} frames in the last ten seconds, {i:0-4} dropped, {i:400-9000} kbit/s on average",
                "Stream {x:8} opened by {ip} at {i:360-1080} lines and {i:5-30} frames a second, latency {i:60-400} ms",
                "Focus found at step {i:100-900} with contrast {d:0-9} after {i:4-40} frames of searching",
                "Recording segment {i:1-9999} closed with {i:1-90} MB, digest {x:16}, kept for the next upload",
                "Lens heater switched {c:on|off} at {i:0-15} degrees C, humidity {i:40-98} percent outside",
            ],
            warn: [
                "Image is too {c:dark|bright} for detection, mean luma {i:4-250}, exposure at its bound already",
                "Dropped {i:5-60} frames in {i:1-10} s: the encoder is busy, bitrate lowered to {i:300-900} kbit/s",
                "Lens may be dirty: contrast fell by {i:20-70} percent over {i:2-48} hours on this camera",
            ],
            error: [
                "Capture failed with status 0x{x:8} on link {i:0-3}, sensor was reset for the {i:1-9}th time",
                "Stream {x:8} to {ip} closed after {i:1-900} s: peer too slow",
            ],
            fatal: ["Camera module {i:0-5} is gone from the bus, last status 0x{x:8}, vision is incomplete"]),
        ModuleVocabulary(
            "audio", loggers: ["MicArray", "VoicePrompt"],
            debug: [
                "Beam steered to {i:0-359} degrees, energy {i:20-90} dB, {i:1-6} sources separated in {i:2-9} ms",
                "Echo canceller converged after {i:200-2400} ms, residual {i:10-60} dB below the prompt",
                "Microphone {i:0-7} level {i:20-80} dB, clipping {i:0-9} of {i:1000-9999} samples",
            ],
            info: [
                "Announced phrase {i:1-240} at {i:40-80} percent volume in {c:English|German|French|Japanese} to zone {i:1-48}",
                "Wake word heard with confidence {i:60-99} percent from {i:0-359} degrees, listening for {i:2-9} s",
                "Noise profile of zone {i:1-48} updated, background {i:38-82} dB, {i:10-900} samples kept",
                "Voice command understood as {c:stop|follow|pause|resume}, speaker {i:1-40}, latency {i:90-700} ms",
                "Horn tested for {i:100-900} ms at {i:60-96} dB, the reflected level is as expected here",
            ],
            warn: [
                "Background noise {i:82-104} dB drowns speech in zone {i:1-48}, voice commands are disabled",
                "Microphone {i:0-7} differs from its neighbours by {i:6-30} dB, excluded from the array",
                "Prompt {i:1-240} was cut after {i:100-900} ms because a more urgent one was waiting",
            ],
            error: [
                "Audio device {x:6} refused format {i:8000-48000} Hz with {i:1-8} channels, prompts are silent",
                "Speech model {x:12} failed to load: {i:10-90} MB missing after {i:1-5} tries",
            ],
            fatal: ["Warning horn does not answer, driving at walking speed only until serviced, code {i:10-99}"]),
    ]
}

package dev.septet.workers.local;

import dev.septet.settings.Setting;
import dev.septet.workers.observe.MetricsAddress;
import java.util.Map;

/** The port for metrics of child processes, which cannot share the port of their parent. */
final class MetricsPort {
    private MetricsPort() {}

    /** The variables with which a child listens on any free port of the configured address; none when metrics are off. */
    static Map<String, String> any(Map<String, String> environment) {
        return MetricsAddress.of(environment)
                .map(address -> Map.of(
                        Setting.METRICS_ADDRESS.variable(), address.anyPort().toString()))
                .orElse(Map.of());
    }
}

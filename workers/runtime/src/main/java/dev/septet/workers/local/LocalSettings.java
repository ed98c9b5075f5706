package dev.septet.workers.local;

import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.workers.StateFolder;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.version.WorkerVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the processes on this machine.
 *
 * @param catalogue folders whose pipelines may be run
 * @param data further folders that pipelines may read from
 * @param ports ports of a server that is started
 * @param slots number of devices or CPU slots of a training worker
 * @param cards cards that have a training worker each; empty = one training worker
 * @param version version of the workers in a worker deployment; null = none
 */
public record LocalSettings(
        StateFolder state,
        List<Path> catalogue,
        List<Path> data,
        ServerPorts ports,
        int slots,
        SelfCommand self,
        Map<String, String> environment,
        List<NvidiaCard> cards,
        @Nullable WorkerVersion version) {
    public LocalSettings {
        catalogue = List.copyOf(catalogue);
        data = List.copyOf(data);
        environment = Map.copyOf(environment);
        cards = List.copyOf(cards);
    }

    /** Settings of workers without a version. */
    public LocalSettings(
            StateFolder state,
            List<Path> catalogue,
            List<Path> data,
            ServerPorts ports,
            int slots,
            SelfCommand self,
            Map<String, String> environment,
            List<NvidiaCard> cards) {
        this(state, catalogue, data, ports, slots, self, environment, cards, null);
    }
}

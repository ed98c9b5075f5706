package dev.septet.examples.benchmarks.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Creates the commands of Septet and of its peers.
 *
 * @param model model folder that both sides read
 * @param python Python interpreter with the peers; null when there are no peers
 * @param folder folder of data and scripts
 */
record Field(Path model, @Nullable Path python, Path folder, int threads) {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final double RATE = 2e-4;

    /** Septet, with settings that {@link OurTraining} and the peer's script share. */
    Contestant ours(String name, Map<String, Object> settings) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx1g");
        command.add("-Dai.djl.pytorch.num_threads=" + threads);
        command.add("-Doffline=true");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(OurTraining.class.getName());
        command.add(setup(settings));
        return new Contestant(name, command);
    }

    /** A peer: transformers, peft or TRL. */
    Contestant peer(String name, Map<String, Object> settings) throws IOException {
        Path script = folder.resolve("peer.py");
        try (InputStream in = Field.class.getResourceAsStream("peer.py")) {
            Files.write(script, Objects.requireNonNull(in, "peer.py").readAllBytes());
        }
        return new Contestant(
                name, List.of(Objects.requireNonNull(python).toString(), script.toString(), setup(settings)));
    }

    private String setup(Map<String, Object> settings) throws IOException {
        Map<String, Object> all = new TreeMap<>(settings);
        all.put("model", model.toString());
        all.put("threads", threads);
        all.put("rate", RATE);
        return JSON.writeValueAsString(all);
    }
}

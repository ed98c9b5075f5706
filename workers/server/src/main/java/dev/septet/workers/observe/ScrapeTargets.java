package dev.septet.workers.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.time.RepeatedTask;
import dev.septet.llm.format.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of a state folder that show metrics: a file for each, in the form that Prometheus reads ({@code file_sd} and
 * {@code http_sd}). A process that was killed leaves its file, so that Prometheus says that it is down. Its file is ignored
 * and removed after {@link #FORGOTTEN}.
 *
 * @param folder folder of the files
 */
public record ScrapeTargets(Path folder) {
    /** Time after which a process that does not renew its file is forgotten. */
    static final Duration FORGOTTEN = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(ScrapeTargets.class);
    private static final Duration RENEWAL = Duration.ofMinutes(10);
    private static final String ENDING = ".json";

    /** The targets of a state folder. */
    public static ScrapeTargets of(Path state) {
        return new ScrapeTargets(state.resolve("metrics"));
    }

    /**
     * Publishes a process until it ends.
     *
     * @param process name of the process
     * @param kind what it does: {@code worker}, {@code server} or {@code supervisor}
     * @param target where it listens, such as {@code 127.0.0.1:9464}
     * @return removes the file when it is closed
     */
    AutoCloseable publish(String process, String kind, String target) throws IOException {
        FileModes.OWNER.folder(folder);
        removeForgotten();
        ArrayNode groups = StrictJson.MAPPER.createArrayNode();
        ObjectNode group = groups.addObject();
        group.putArray("targets").add(target);
        group.putObject("labels").put("septet_process", process).put("septet_kind", kind);
        Path file = folder.resolve(process + ENDING);
        FileModes.OWNER.replace(file, StrictJson.MAPPER.writeValueAsString(groups) + "\n");
        RepeatedTask renewal = RepeatedTask.start("septet-metrics-target", RENEWAL, RENEWAL, () -> renew(file));
        return () -> {
            renewal.close();
            Files.deleteIfExists(file);
        };
    }

    /** All processes, as Prometheus's {@code http_sd} reads them. */
    JsonNode all() {
        ArrayNode all = StrictJson.MAPPER.createArrayNode();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(ScrapeTargets::isTarget).sorted().toList()) {
                add(file, all);
            }
        } catch (IOException unreadable) {
            LOG.warn("the metrics targets cannot be read: {}", unreadable.toString());
        }
        return all;
    }

    /** A process that has just ended hides none of the others. */
    private static void add(Path file, ArrayNode all) throws IOException {
        try {
            if (!forgotten(file)) {
                StrictJson.MAPPER.readTree(Files.readString(file)).forEach(all::add);
            }
        } catch (NoSuchFileException ended) {
            LOG.debug("{} has ended", file);
        }
    }

    /** Where a process listens; empty when it does not, or did not start yet. */
    public Optional<String> target(String process) {
        try {
            Path file = folder.resolve(process + ENDING);
            String target = Files.exists(file)
                    ? StrictJson.MAPPER
                            .readTree(file.toFile())
                            .at("/0/targets/0")
                            .asText()
                    : "";
            return target.isEmpty() ? Optional.empty() : Optional.of(target);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static void renew(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException gone) {
            LOG.warn("{} cannot be renewed: {}", file, gone.toString());
        }
    }

    private void removeForgotten() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(ScrapeTargets::isTarget).toList()) {
                try {
                    if (forgotten(file)) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException ended) {
                    LOG.debug("{} has ended", file);
                }
            }
        }
    }

    private static boolean isTarget(Path file) {
        return file.toString().endsWith(ENDING);
    }

    private static boolean forgotten(Path file) throws IOException {
        return Files.getLastModifiedTime(file)
                .toInstant()
                .isBefore(Instant.now().minus(FORGOTTEN));
    }
}

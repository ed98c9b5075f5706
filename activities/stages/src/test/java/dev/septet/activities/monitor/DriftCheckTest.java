package dev.septet.activities.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.monitor.log.AuditLog;
import dev.septet.activities.monitor.log.ObservedRequest;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.activities.monitor.sample.Features;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.workflows.monitor.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftCheckTest {
    private static final String TRAINED = "where is my order number %d, please?";
    private static final String DRIFTED =
            "BONJOUR, j'ai une question tres longue au sujet de la commande numero %d, merci !";

    @TempDir
    Path folder;

    private final FakeReader reader = new FakeReader();

    @Test
    void saysNothingBelowTheMinimumAndLetsRowsGather() throws IOException {
        log(DRIFTED, 49);
        Observation observation = look(0);
        assertThat(observation.enough()).isFalse();
        assertThat(observation.rows()).isEqualTo(49);
        assertThat(observation.cursor()).isZero();
        assertThat(observation.findings()).isEmpty();
        assertThat(reader.scored).isZero();
    }

    @Test
    void seesDriftInEveryFeature() throws IOException {
        log(DRIFTED, 50);
        Observation observation = look(0);
        assertThat(observation.enough()).isTrue();
        assertThat(observation.findings()).hasSize(4).allMatch(finding -> finding.drifted());
        assertThat(observation.cursor()).isEqualTo(Files.size(folder.resolve("audit.jsonl")));
    }

    @Test
    void seesNoneInMoreOfTheSame() throws IOException {
        log(TRAINED, 80);
        Observation observation = look(0);
        assertThat(observation.enough()).isTrue();
        assertThat(observation.drifted()).as(observation.toString()).isFalse();
    }

    @Test
    void measuresTheBaselineOnce() throws IOException {
        log(TRAINED, 80);
        look(0);
        int first = reader.scored;
        look(0);
        assertThat(reader.scored).isEqualTo(first + 80);
    }

    @Test
    void measuresADamagedBaselineAgain() throws IOException {
        log(TRAINED, 80);
        Observation before = look(0);
        LocalStore store = new LocalStore(folder.resolve("store"));
        for (String name : store.records("baselines/")) {
            store.putRecord(name, "{\"PROMPT_LENGTH\":[1,", new Fence("run/baseline", 1));
        }
        assertThat(look(0)).isEqualTo(before);
    }

    @Test
    void spreadsExpensiveMeasuresOverAllPrompts() {
        List<ObservedRequest> prompts = IntStream.range(0, 5000)
                .mapToObj(n -> ObservedRequest.of("" + n, null))
                .toList();
        Features features = Features.of(prompts, Set.of(Feature.PROMPT_LOSS), reader);
        assertThat(features.of(Feature.PROMPT_LOSS).size()).isEqualTo(Features.MAX_LOSSES);
        assertThat(reader.last).isEqualTo("4990");
    }

    private Observation look(long cursor) throws IOException {
        Path training = folder.resolve("train.jsonl");
        Files.writeString(
                training,
                IntStream.range(0, 400)
                        .mapToObj(row -> String.format(
                                Locale.ROOT,
                                "{\"prompt\":\"%s\",\"completion\":\"x\",\"source\":\"t.jsonl:%d\"}",
                                String.format(Locale.ROOT, TRAINED, row * 37 % 1000),
                                row + 1))
                        .collect(Collectors.joining("\n", "", "\n")));
        LocalStore store = new LocalStore(folder.resolve("store"));
        Baselines baselines = new Baselines(store, new Fence("run/baseline", 1));
        return new DriftCheck(spec(), new AuditLog(folder.resolve("audit.jsonl")).read(cursor))
                .check(reader, features -> baselines.of("d", List.of("m"), training, features, reader));
    }

    private void log(String prompt, int rows) throws IOException {
        Files.writeString(
                folder.resolve("audit.jsonl"),
                IntStream.range(0, rows)
                        .mapToObj(row -> "{\"prompt\":\"%s\"}".formatted(prompt.formatted(row * 53 % 1000)))
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    private static MonitorSpec spec() {
        return new MonitorSpec(
                Duration.ofMinutes(1),
                "audit.jsonl",
                50,
                List.of(
                        new DriftSpec(Detector.PSI, Feature.PROMPT_LENGTH, 0.2),
                        new DriftSpec(Detector.KS, Feature.PROMPT_LENGTH, 0.2),
                        new DriftSpec(Detector.PSI, Feature.PROMPT_TOKENS, 0.2),
                        new DriftSpec(Detector.PERPLEXITY, Feature.PROMPT_LOSS, 0.15)),
                AlarmSpec.DEFAULT,
                null,
                null,
                MonitorSpec.DEFAULT_POLICY);
    }

    /** Words are tokens; what is not lower case surprises. */
    private static final class FakeReader implements PromptReader {
        int scored;
        String last = "";

        @Override
        public int tokens(String text) {
            return text.split(" ").length;
        }

        @Override
        public double[] losses(List<String> texts) {
            scored += texts.size();
            last = texts.get(texts.size() - 1);
            return texts.stream()
                    .mapToDouble(text -> 1
                            + 10.0 * text.chars().filter(Character::isUpperCase).count() / text.length()
                            + text.hashCode() % 100 / 1000.0)
                    .toArray();
        }

        @Override
        public void close() {}
    }
}

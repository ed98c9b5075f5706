package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.method.Lora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the starting model put out is found again, also under the keys of earlier versions. */
class StartKeyTest extends TrainingScene {
    private static final String FORMER_METHOD =
            "Lora[rank=8, alpha=16.0, dropout=0.1, targets=[q_proj, v_proj], rankStabilized=false," + " rateRatio=1.0]";

    @Test
    void namesTheMethodByPersistedNamesAndKnowsTheFormerKey() throws IOException {
        Lora lora = new Lora(8, 16, 0.1, List.of("q_proj", "v_proj"));
        LearningRate rate = new LearningRate(LearningRate.Shape.CONSTANT, 0.1, 0);
        TrainingPlan plan =
                new TrainingPlan(lora, ComputePrecision.BF16, 1, 1, 1, 1, AdamW.DEFAULT, rate, 1, Set.of(1, 0), 64);

        StartKey key = StartKey.of(plan, tiny.model(), tiny.dataset()).with("seed", "1");

        assertThat(key.current().parts())
                .extracting(StageKey.Part::group, StageKey.Part::value)
                .contains(
                        tuple(
                                "method",
                                "{\"alpha\":16.0,\"dropout\":0.1,\"rank\":8,"
                                        + "\"rankStabilized\":false,\"rateRatio\":1.0,"
                                        + "\"targets\":[\"q_proj\",\"v_proj\"],\"type\":\"lora\"}"),
                        tuple("frozen layers", "[0,1]"),
                        tuple("precision", "BF16"),
                        tuple("seed", "1"));
        assertThat(key.former().orElseThrow().parts())
                .extracting(StageKey.Part::group, StageKey.Part::value)
                .containsExactly(
                        tuple("engine revision", StageKey.REVISION),
                        tuple("training data", tiny.dataset().artifact().sha256()),
                        tuple("base model", tiny.model().artifact().sha256()),
                        tuple("method", FORMER_METHOD),
                        tuple("frozen layers", "[0, 1]"),
                        tuple("precision", "BF16"),
                        tuple("seed", "1"));
    }

    /** A record of an earlier version is taken over: the starting model is not asked again. */
    @Test
    void takesOverWhatAnEarlierVersionComputed() throws IOException {
        TrainSpec spec = TinyPipeline.train(TinyPipeline.LORA, new DpoSpec(0.3));
        TrainRequest request = tiny.trainRequest(spec, tiny.pairs());
        CheckpointRef made = train(request, new Disk());
        String now = recordOfTheStart();
        String former = asWrittenByAnEarlierVersion(now);
        assertThat(former).isNotEqualTo(now);
        for (String name : store.records("results/train/")) {
            if (!name.equals(former)) {
                Files.delete(store.root().resolve("records").resolve(name + ".record"));
            }
        }
        assertThat(store.records("results/train/")).containsExactly(former);

        assertThat(train(request, new Disk()).artifact()).isEqualTo(made.artifact());

        assertThat(recordOfTheStart()).isEqualTo(now);
        assertThat(record(now).path("runId").asText()).isEqualTo("run-0");
        assertThat(store.records("results/train/")).hasSize(3).contains(former);
    }

    /** The constants' names are in keys: a constant that is renamed keeps its name in JSON. */
    @Test
    void constantsKeepTheirPersistedNames() {
        assertThat(constants(ComputePrecision.values())).containsExactly("FLOAT32", "BF16");
        assertThat(constants(dev.septet.dsl.pipeline.Precision.values())).containsExactly("FLOAT32", "BF16");
        assertThat(constants(Feature.values()))
                .containsExactly(
                        "PROMPT_LENGTH",
                        "PROMPT_TOKENS",
                        "ANSWER_LENGTH",
                        "LANGUAGE",
                        "PROMPT_TEXT",
                        "PROMPT_LOSS",
                        "NEGATIVE_FEEDBACK",
                        "REFUSED");
    }

    private static List<String> constants(Enum<?>[] values) {
        return Arrays.stream(values).map(SpecDigest::constant).toList();
    }

    /** The record under the key with the method's JSON. */
    private String recordOfTheStart() throws IOException {
        for (String name : store.records("results/train/")) {
            for (JsonNode part : record(name).path("key").path("parts")) {
                if (part.path("group").asText().equals("method")
                        && part.path("value").asText().startsWith("{")) {
                    return name;
                }
            }
        }
        throw new AssertionError("no results of the starting model");
    }

    /** Writes a record as run-0 of an earlier version has written it, and returns its name. */
    private String asWrittenByAnEarlierVersion(String name) throws IOException {
        ObjectNode record = (ObjectNode) record(name);
        for (JsonNode part : record.path("key").path("parts")) {
            if (part.path("group").asText().equals("method")) {
                ((ObjectNode) part)
                        .put(
                                "value",
                                "Lora[rank=2, alpha=4.0, dropout=0.1, targets=[q_proj,"
                                        + " down_proj], rankStabilized=false, rateRatio=1.0]");
            }
        }
        record.put("runId", "run-0");
        StageKey key = SpecJson.mapper().treeToValue(record.get("key"), StageKey.class);
        String former = "results/train/" + key.digest();
        Fence fence = new Fence("run-0/train", 1);
        store.open(fence);
        store.putRecord(former, record.toString(), fence);
        return former;
    }

    private JsonNode record(String name) throws IOException {
        return SpecJson.mapper().readTree(store.record(name).orElseThrow());
    }
}

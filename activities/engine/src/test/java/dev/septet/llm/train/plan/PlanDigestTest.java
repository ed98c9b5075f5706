package dev.septet.llm.train.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.OptimizerConfig;
import dev.septet.llm.optimizer.Sgd;
import dev.septet.llm.train.Plans;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Digests of plans follow persisted names. All texts and digests here are literals: those that are
 * called former were put out by the version whose digests were made of the texts of records.
 */
class PlanDigestTest {
    private static final LearningRate FLAT = new LearningRate(LearningRate.Shape.CONSTANT, 1e-2, 0);
    private static final LearningRate LINE = new LearningRate(LearningRate.Shape.LINEAR, 5e-5, 3);
    private static final LearningRate WAVE = new LearningRate(LearningRate.Shape.COSINE, 2e-4, 10);
    private static final AdamW ADAMW = AdamW.DEFAULT;
    private static final Lora PLAIN = new Lora(4, 8, 0, List.of("q_proj", "v_proj", "o_proj", "up_proj", "down_proj"));
    private static final Lora STABILIZED = new Lora(
            16,
            32.5,
            0.1,
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
            true,
            16);

    @TempDir
    Path temporary;

    static Stream<Arguments> formerPlans() {
        return Stream.of(
                Arguments.of(
                        "a42b717e6c06591017363dfeb38129d07424ddd07572b3733ef89af3b6755314",
                        plan(PLAIN, ComputePrecision.FLOAT32, ADAMW, FLAT, 0.5)),
                Arguments.of(
                        "5e7cc0f232c92b4946a47b0111d09ca1385b447e5a72e0ea5d05411c2157a355",
                        plan(STABILIZED, ComputePrecision.BF16, new AdamW(0.8, 0.95, 1e-6, 0.01), WAVE, 1, 3, 0, 1)),
                Arguments.of(
                        "b88045dc90ff83be03571ffbc137d12dd383f13e182c0973c6da6347581fb102",
                        plan(new Dora(PLAIN), ComputePrecision.FLOAT32, ADAMW, LINE, 0.5)),
                Arguments.of(
                        "16634f5c31a7e66333ec127e891230805fe441ad4db978fea7d7588f6bf94c5e",
                        plan(new Dora(STABILIZED), ComputePrecision.FLOAT32, ADAMW, LINE, 0.5)
                                .with(new CapabilityRetention(0.25, 0, 0, 0))),
                Arguments.of(
                        "ba54b1d0280a1d2773efb05158ae456b010e8ba9f05295e6a127d9e1b5209dde",
                        plan(new Qlora(PLAIN), ComputePrecision.BF16, ADAMW, WAVE, 0)),
                Arguments.of(
                        "41a6a0e75c5abab5a2d37347f3963d285b10db4e58f500970e2ad06ac37620d3",
                        plan(new Qlora(STABILIZED), ComputePrecision.BF16, ADAMW, WAVE, 0, 2)
                                .with(new CapabilityRetention(0, 0.01, 0, 0))),
                Arguments.of(
                        "72e1f244c41783c0f3c3c7d198c1b7887bf96c520481d0beed0d94c8f26b3e06",
                        plan(new Full(), ComputePrecision.FLOAT32, new Sgd(0.9, 0), LINE, 1)),
                Arguments.of(
                        "bc4973874dac2dd84a4e978f326d2e928d2faf46889155dd37ab18b2c35ebc55",
                        plan(new Full(), ComputePrecision.FLOAT32, new Sgd(0, 1e-4), LINE, 1, 0, 1)
                                .with(new CapabilityRetention(0.1, 0, 1000, 50))),
                Arguments.of(
                        "efb2c31695d8e49e58926945ae7dfef6d8f7627f73555c42cfb2500ca7f0f27d",
                        plan(new Partial(2), ComputePrecision.FLOAT32, ADAMW, FLAT, 1)),
                Arguments.of(
                        "74ecb084babc229969745407dde0a0f4cd75ee8cc6955174d89ce642ae97d195",
                        plan(new Partial(2), ComputePrecision.FLOAT32, ADAMW, FLAT, 1)
                                .cachingFrozen(true)),
                Arguments.of(
                        "09d04c0492a49bb6ea84ff30cbda0428298a6ca76b1b6ae773c23643df5adb79",
                        plan(PLAIN, ComputePrecision.FLOAT32, ADAMW, FLAT, 0.5).with(new Objective.Dpo(0.1))),
                Arguments.of(
                        "c7a410bfc91b72ad9b4296a7f5bde1e66d0a8bd47c5135e2d08475bbab9bc40b",
                        plan(new Partial(1), ComputePrecision.FLOAT32, ADAMW, FLAT, 0.5)
                                .with(new Objective.Dpo(0.3))
                                .with(new CapabilityRetention(0, 0, 2.5, 0))),
                Arguments.of(
                        "fa1b7ec6d59f576aad679b9919796323fde98c709ec51dd87797eb3290b914f9",
                        plan(new Partial(1), ComputePrecision.BF16, ADAMW, FLAT, 0.5, 0)
                                .with(new Objective.Dpo(0.3))
                                .cachingFrozen(true)));
    }

    @ParameterizedTest
    @MethodSource("formerPlans")
    void recognisesTheFormerDigest(String former, TrainingPlan plan) {
        assertThat(FormerPlanText.digest(plan)).contains(former);
        assertThat(plan.hasDigest(former)).isTrue();
        assertThat(plan.hasDigest(plan.digest())).isTrue();
        assertThat(plan.digest()).isNotEqualTo(former);
    }

    @Test
    void everyPlanHasADigestOfItsOwn() {
        Set<String> digests = new HashSet<>();
        List<TrainingPlan> plans =
                formerPlans().map(one -> (TrainingPlan) one.get()[1]).toList();
        for (TrainingPlan plan : plans) {
            assertThat(digests.add(plan.digest())).as(plan.toString()).isTrue();
            long known = formerPlans()
                    .filter(one -> plan.hasDigest((String) one.get()[0]))
                    .count();
            assertThat(known).as(plan.toString()).isEqualTo(1);
        }
    }

    /** A property's name that changes here would refuse every checkpoint that is kept. */
    @Test
    void namesOfThePlansPropertiesStay() {
        TrainingPlan plan = plan(PLAIN, ComputePrecision.BF16, ADAMW, WAVE, 0.5, 3, 0);
        assertThat(PlanJson.of(plan))
                .isEqualTo("{\"accumulate\":2,\"batchSize\":3,\"clipNorm\":0.5,\"frozenLayers\":[0,3],"
                        + "\"frozenOnce\":false,\"learningRate\":{\"peak\":2.0E-4,"
                        + "\"shape\":\"cosine\",\"warmup\":10},\"maxTokens\":64,"
                        + "\"method\":{\"alpha\":8.0,\"dropout\":0.0,\"rank\":4,"
                        + "\"rankStabilized\":false,\"rateRatio\":1.0,\"targets\":[\"q_proj\","
                        + "\"v_proj\",\"o_proj\",\"up_proj\",\"down_proj\"],\"type\":\"lora\"},"
                        + "\"objective\":{\"type\":\"likelihood\"},\"optimizer\":{"
                        + "\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1.0E-8,\"type\":\"adamw\","
                        + "\"weightDecay\":0.0},\"preservation\":{\"ewc\":0.0,\"l2sp\":0.0,"
                        + "\"replay\":0.0,\"unfreezeEvery\":0},\"seed\":7,\"totalSteps\":12}");
        assertThat(plan.digest()).isEqualTo("f1cf1748801308f625428f93e9e3ee47f22e980ef4b5e89804df57e640cca5ba");
    }

    @Test
    void namesOfThePartsStay() {
        assertThat(PlanJson.of(new Full())).isEqualTo("{\"type\":\"full\"}");
        assertThat(PlanJson.of(new Partial(2))).isEqualTo("{\"lastLayers\":2,\"type\":\"partial\"}");
        Lora one = new Lora(1, 2, 0, List.of("q_proj"));
        String lora = "{\"alpha\":2.0,\"dropout\":0.0,\"rank\":1,\"rankStabilized\":false,"
                + "\"rateRatio\":1.0,\"targets\":[\"q_proj\"],\"type\":\"lora\"}";
        assertThat(PlanJson.of(one)).isEqualTo(lora);
        assertThat(PlanJson.of(new Dora(one))).isEqualTo("{\"lora\":" + lora + ",\"type\":\"dora\"}");
        assertThat(PlanJson.of(new Qlora(one))).isEqualTo("{\"lora\":" + lora + ",\"type\":\"qlora\"}");
        assertThat(PlanJson.of(plan(new Full(), ComputePrecision.BF16, new Sgd(0.9, 0.5), LINE, 1)))
                .contains(
                        "\"optimizer\":{\"momentum\":0.9,\"type\":\"sgd\",\"weightDecay\":0.5}",
                        "\"shape\":\"linear\"");
        assertThat(PlanJson.of(
                        plan(new Full(), ComputePrecision.BF16, ADAMW, FLAT, 1).with(new Objective.Dpo(0.25))))
                .contains("\"objective\":{\"beta\":0.25,\"type\":\"dpo\"}", "\"shape\":\"constant\"");
    }

    /** What is not in the digest would let a checkpoint of another plan pass. */
    @Test
    void namesEveryComponent() throws IOException {
        TrainingPlan plan = plan(PLAIN, ComputePrecision.FLOAT32, ADAMW, FLAT, 1);
        JsonNode json = new ObjectMapper().readTree(PlanJson.of(plan));
        assertThat(json).hasSize(components(TrainingPlan.class) - 1); // all but the precision
        assertThat(json.get("learningRate")).hasSize(components(LearningRate.class));
        assertThat(json.get("preservation")).hasSize(components(CapabilityRetention.class));
        assertThat(json.get("optimizer")).hasSize(1 + components(AdamW.class));
        assertThat(PlanJson.fields(new Sgd(0, 0))).hasSize(1 + components(Sgd.class));
        assertThat(PlanJson.fields(new Objective.Dpo(1))).hasSize(1 + components(Objective.Dpo.class));
    }

    /** Java 17 writes it with one digit more than Java 19 does. */
    @Test
    void writesNumbersAlikeOnEveryJava() {
        Lora odd = new Lora(4, Double.parseDouble("2e23"), 0, List.of("q_proj"));
        assertThat(PlanJson.of(odd)).contains("\"alpha\":2.0E23,");
    }

    @Test
    void aMethodThatCameLaterHasNoFormerDigest() {
        TrainingPlan plan = plan(new Later(), ComputePrecision.FLOAT32, ADAMW, FLAT, 1);
        assertThat(FormerPlanText.digest(plan)).isEmpty();
        assertThat(plan.hasDigest(plan.digest())).isTrue();
        assertThat(plan.hasDigest("0".repeat(64))).isFalse();
    }

    /** The digest in its state is the one that the former version wrote there. */
    @Test
    void goesOnFromACheckpointOfTheFormerVersion() throws IOException {
        TrainingPlan plan = Plans.of(Plans.LORA).plan();
        Path saved = Files.createDirectory(temporary.resolve("saved"));
        StepMetrics third;
        try (Trainer trainer = open(plan, Optional.empty())) {
            trainer.step();
            trainer.step();
            trainer.save(saved);
            third = trainer.step();
        }
        Path state = saved.resolve("state.json");
        String now = Files.readString(state);
        assertThat(now).contains("\"planDigest\" : \"" + plan.digest() + "\"");
        Files.writeString(
                state, now.replace(plan.digest(), "4936e5bbef205bbcaf87e33f99e2fa1233953bfa81758286aecfcbfdf0996bf4"));
        try (Trainer trainer = open(plan, Optional.of(saved))) {
            assertThat(trainer.step()).isEqualTo(third);
        }
    }

    private Trainer open(TrainingPlan plan, Optional<Path> checkpoint) throws IOException {
        GoldenModel base = GoldenModel.open("tied");
        return Trainer.open(plan, base.folder(), Plans.data(temporary, base), checkpoint);
    }

    private static int components(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        return components.length;
    }

    private static TrainingPlan plan(
            Method method,
            ComputePrecision precision,
            OptimizerConfig optimizer,
            LearningRate rate,
            double clip,
            Integer... frozen) {
        return new TrainingPlan(method, precision, 7, 3, 2, 12, optimizer, rate, clip, Set.of(frozen), 64);
    }

    /** Trains nothing; there is no former version that knew it. */
    private record Later() implements Method {
        @Override
        public Map<String, Object> digestFields() {
            return Map.of("type", "later");
        }

        @Override
        public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
            return false;
        }
    }
}

package dev.septet.llm.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.program.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters of every rank and of other layers, in one batch, against a model opened with each. */
class ManyAdaptersTest {
    private static final int ADAPTERS = 7;
    private static final int PROMPTS = 5;
    private static final GenerationOptions OPTIONS = GenerationOptions.greedy(16, Set.of());

    @TempDir
    static Path folder;

    @BeforeAll
    static void write() throws IOException {
        try (TinyModel tiny = TinyModel.open("base")) {
            for (int i = 0; i < ADAPTERS; i++) {
                write(tiny, folder.resolve("adapter-" + i), new Random(i), 1 + i);
            }
        }
    }

    @Test
    void eachAnswersAsAModelThatHasItAlone() throws Exception {
        List<int[]> prompts = prompts();
        Map<String, List<int[]>> alone = new LinkedHashMap<>();
        Set<String> different = new HashSet<>();
        for (int i = -1; i < ADAPTERS; i++) {
            List<int[]> answers = alone(adapter(i), prompts);
            alone.put(name(i), answers);
            different.add(Arrays.toString(answers.get(0)));
        }
        assertThat(different).as("the adapters say different things").hasSizeGreaterThan(5);
        // More adapters than the shelf holds, more requests than rows: some must wait.
        for (EngineSettings settings :
                List.of(new EngineSettings(8, 99, 64, 4096, ADAPTERS, 4), new EngineSettings(5, 99, 16, 1024, 3, 0))) {
            Map<String, List<GenerationHandle>> tickets = new LinkedHashMap<>();
            try (TinyModel tiny = TinyModel.open("base");
                    GenerationEngine engine = new GenerationEngine(
                            LanguageModel.open(tiny.folder(), ComputePrecision.FLOAT32, Optional.empty()),
                            tiny.tokenizer(),
                            ManyAdaptersTest::find,
                            settings)) {
                for (int[] prompt : prompts) {
                    for (String name : shuffled(alone.keySet(), prompt[0])) {
                        GenerationRequest request = new GenerationRequest(
                                prompt, OPTIONS, Optional.of(name).filter(some -> !some.equals("none")));
                        tickets.computeIfAbsent(name, fresh -> new ArrayList<>())
                                .add(engine.submit(request, AnswerListener.SILENT));
                    }
                }
                for (Map.Entry<String, List<int[]>> entry : alone.entrySet()) {
                    List<int[]> answers = new ArrayList<>();
                    for (GenerationHandle ticket : Objects.requireNonNull(tickets.get(entry.getKey()))) {
                        answers.add(ticket.await().answer().ids());
                    }
                    assertThat(answers.toArray(new int[0][]))
                            .as("%s, %s", entry.getKey(), settings)
                            .isDeepEqualTo(entry.getValue().toArray(new int[0][]));
                }
                // Steps were shared: one request after the other would take far more.
                assertThat(engine.counts().steps()).isLessThan(engine.counts().answer() * 2 / settings.rows());
            }
        }
    }

    private static List<int[]> alone(Optional<Path> adapter, List<int[]> prompts) throws IOException {
        try (TinyModel tiny = TinyModel.open("base");
                LanguageModel model = LanguageModel.open(tiny.folder(), ComputePrecision.FLOAT32, adapter)) {
            return new Generator(model, tiny.tokenizer(), 1)
                    .generate(prompts, OPTIONS).stream().map(Generated::ids).toList();
        }
    }

    private static List<int[]> prompts() {
        Random random = new Random(11);
        int[] system = random.ints(20, 3, 320).toArray();
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            int[] prompt = Arrays.copyOf(system, 20 + 3 * i);
            for (int t = 20; t < prompt.length; t++) {
                prompt[t] = 3 + random.nextInt(317);
            }
            prompts.add(prompt);
        }
        return prompts;
    }

    private static List<String> shuffled(Set<String> names, long seed) {
        List<String> order = new ArrayList<>(names);
        Collections.shuffle(order, new Random(seed + 1));
        return order;
    }

    private static String name(int adapter) {
        return adapter < 0 ? "none" : "adapter-" + adapter;
    }

    private static Optional<Path> adapter(int number) {
        return number < 0 ? Optional.empty() : find(name(number));
    }

    private static Optional<Path> find(String name) {
        return Optional.of(folder.resolve(name)).filter(Files::isDirectory);
    }

    private static void write(TinyModel tiny, Path path, Random random, int rank) throws IOException {
        List<LinearLayer> linears = new ArrayList<>(List.of(LinearLayer.values()));
        Collections.shuffle(linears, random);
        List<LinearLayer> chosen = linears.subList(0, 2 + random.nextInt(linears.size() - 2));
        List<TensorSource> tensors = new ArrayList<>();
        var config = tiny.model().config();
        for (LinearLayer linear : chosen) {
            for (int layer = 0; layer < config.layers(); layer++) {
                String module = linear.module(layer);
                int in = linear.inputs(config);
                int out = linear.outputs(config);
                tensors.add(tensor(PeftAdapter.nameOfA(module), random, rank, in));
                tensors.add(tensor(PeftAdapter.nameOfB(module), random, out, rank));
            }
        }
        List<String> targets = chosen.stream().map(LinearLayer::module).toList();
        PeftAdapter.write(path, new AdapterConfig("base", null, rank, 2.0 * rank, 0, targets, false, false), tensors);
    }

    private static TensorSource tensor(String name, Random random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.2f;
        }
        return TensorSource.floats(name, ElementType.F32, new Shape(rows, columns), () -> values);
    }
}

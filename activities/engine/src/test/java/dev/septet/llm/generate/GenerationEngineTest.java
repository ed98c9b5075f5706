package dev.septet.llm.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GenerationEngineTest {
    private static final int TOKENS = 12;
    private static final GenerationOptions FREE = GenerationOptions.greedy(TOKENS, Set.of());
    private static final GenerationOptions LONG = GenerationOptions.greedy(100, Set.of());

    private TinyModel tiny;

    @BeforeAll
    void open() throws IOException {
        tiny = TinyModel.open("base");
    }

    @AfterAll
    void close() {
        tiny.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void answersAsAloneInWhateverCompany(int seed) throws Exception {
        Random random = new Random(seed);
        List<GenerationRequest> requests = requests(random, 24);
        List<int[]> alone = new ArrayList<>();
        try (GenerationEngine engine = engine(new EngineSettings(1, 0, 512, 0, 2, 0))) {
            for (GenerationRequest request : requests) {
                alone.add(ids(engine.submit(request, AnswerListener.SILENT)));
            }
        }
        EngineSettings settings = new EngineSettings(
                2 + random.nextInt(7),
                requests.size(),
                1 + random.nextInt(64),
                random.nextInt(2) * 2000,
                1 + random.nextInt(3),
                random.nextInt(2) * 6);
        try (GenerationEngine engine = engine(settings)) {
            List<Integer> order = new ArrayList<>(IntStream.range(0, 24).boxed().toList());
            Collections.shuffle(order, random);
            List<GenerationHandle> tickets = new ArrayList<>(Collections.nCopies(24, null));
            for (int i : order) {
                tickets.set(i, engine.submit(requests.get(i), AnswerListener.SILENT));
                if (random.nextInt(4) == 0) {
                    tickets.get(i).await(); // so that the next ones find others half-way
                }
            }
            for (int i = 0; i < 24; i++) {
                assertThat(ids(tickets.get(i)))
                        .as("request %s of %s", i, settings)
                        .isEqualTo(alone.get(i));
            }
        }
    }

    /** Prompts with common beginnings, greedy and sampled, with an adapter or without. */
    private List<GenerationRequest> requests(Random random, int count) {
        int[] system = random.ints(60, 3, 320).toArray();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] own = random.ints(1 + random.nextInt(40), 3, 320).toArray();
            boolean shared = random.nextBoolean();
            int[] prompt = shared ? Arrays.copyOf(system, 60 + own.length) : own;
            if (shared) {
                System.arraycopy(own, 0, prompt, 60, own.length);
            }
            Sampling sampling = random.nextBoolean() ? Sampling.GREEDY : new Sampling(1.2, 0.9, 20 * (i % 2), i % 3);
            String adapter = List.of("", "lora", "rslora").get(random.nextInt(3));
            requests.add(new GenerationRequest(
                    prompt,
                    new GenerationOptions(1 + random.nextInt(20), sampling, Set.of(), List.of()),
                    Optional.of(adapter).filter(name -> !name.isEmpty())));
        }
        return requests;
    }

    @Test
    void equalsTransformersAndPeftInOneBatch() throws Exception {
        try (TinyModel adapted = TinyModel.open("lora");
                GenerationEngine engine = engine(EngineSettings.DEFAULT)) {
            List<GenerationHandle> bare = new ArrayList<>();
            List<GenerationHandle> lora = new ArrayList<>();
            for (int i = 0; i < tiny.prompts().size(); i++) {
                bare.add(submit(engine, tiny.prompts().get(i), FREE));
                lora.add(submit(engine, adapted.prompts().get(i), FREE, "lora"));
            }
            for (int i = 0; i < bare.size(); i++) {
                assertThat(ids(bare.get(i))).isEqualTo(tiny.answers().get(i));
                assertThat(ids(lora.get(i))).isEqualTo(adapted.answers().get(i));
            }
        }
    }

    @Test
    void readsALongPromptWithoutStallingOthers() throws Exception {
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(100);
        try (GenerationEngine engine = engine(new EngineSettings(2, 0, 16, 0, 0, 0))) {
            Held quick = new Held();
            GenerationHandle first = engine.submit(
                    GenerationRequest.of(tiny.prompts().get(0), FREE), piece -> heard.add("short") && quick.pass());
            quick.awaitHolding();
            int[] prompt = new Random(1).ints(200, 3, 320).toArray();
            GenerationHandle second = engine.submit(GenerationRequest.of(prompt, FREE), piece -> heard.add("long"));
            quick.letGo();
            first.await();
            second.await();
        }
        // 200 tokens at 16 a step take longer than the 12 tokens of the short answer.
        assertThat(heard.stream().limit(TOKENS)).containsOnly("short");
    }

    @Test
    void takesRequestsInTheirOrderAndNoMoreThanMayWait() throws Exception {
        List<Integer> ended = Collections.synchronizedList(new ArrayList<>());
        try (GenerationEngine engine = engine(new EngineSettings(1, 3, 64, 0, 0, 0))) {
            Held first = new Held();
            GenerationHandle running = engine.submit(request(0, FREE), piece -> first.pass());
            first.awaitHolding();
            List<GenerationHandle> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int number = i;
                waiting.add(engine.submit(request(i, FREE), piece -> ended.add(number)));
            }
            assertThat(engine.counts().waiting()).isEqualTo(3);
            assertThat(engine.counts().running()).isEqualTo(1);
            assertThatThrownBy(() -> submit(engine, tiny.prompts().get(0), FREE))
                    .isInstanceOf(EngineBusy.class)
                    .hasMessage("3 requests are waiting already; try again in a moment");
            first.letGo();
            running.await();
            for (GenerationHandle ticket : waiting) {
                ticket.await();
            }
            assertThat(ended).isSorted().hasSizeGreaterThanOrEqualTo(3 * TOKENS);
        }
    }

    @Test
    void aCancelledAnswerLeavesItsRowAtOnce() throws Exception {
        try (GenerationEngine engine = engine(new EngineSettings(1, 3, 64, 0, 0, 0))) {
            Held held = new Held();
            GenerationHandle running = engine.submit(request(0, LONG), piece -> held.pass());
            GenerationHandle never = submit(engine, tiny.prompts().get(1), LONG);
            GenerationHandle next = submit(engine, tiny.prompts().get(2), FREE);
            held.awaitHolding();
            running.cancel();
            never.cancel();
            held.letGo();
            Completion cut = running.await();
            assertThat(cut.answer().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(cut.answer().ids()).hasSize(1);
            assertThat(never.await().answer().ids()).isEmpty();
            assertThat(never.await().answer().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(ids(next)).isEqualTo(tiny.answers().get(2));
        }
    }

    @Test
    void computesACommonBeginningOnce() throws Exception {
        int[] system = new Random(5).ints(100, 3, 320).toArray();
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int[] prompt = Arrays.copyOf(system, 110);
            Arrays.fill(prompt, 100, 110, 10 + i);
            prompts.add(prompt);
        }
        List<Generated> alone = new Generator(tiny.model(), tiny.tokenizer(), 1).generate(prompts, FREE);
        // Together, from one that is being read; and later, from one that has ended.
        try (GenerationEngine engine = engine(new EngineSettings(3, 9, 32, 5000, 0, 0))) {
            List<GenerationHandle> tickets = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tickets.add(submit(engine, prompts.get(i), FREE));
            }
            int reused = 0;
            for (int i = 0; i < 3; i++) {
                assertThat(ids(tickets.get(i))).isEqualTo(alone.get(i).ids());
                reused += tickets.get(i).await().usage().reused();
            }
            // Up to a few tokens at the end of the common part, which nobody waits for.
            assertThat(reused).isBetween(160, 200);
            GenerationHandle later = submit(engine, prompts.get(3), FREE);
            assertThat(ids(later)).isEqualTo(alone.get(3).ids());
            assertThat(later.await().usage().reused()).isEqualTo(100);
            assertThat(engine.counts().reused()).isEqualTo(reused + 100L);
        }
        // Nothing is kept where nothing may be.
        try (GenerationEngine engine = engine(new EngineSettings(3, 9, 32, 0, 0, 0))) {
            submit(engine, prompts.get(0), FREE).await();
            assertThat(submit(engine, prompts.get(1), FREE).await().usage().reused())
                    .isZero();
        }
    }

    @Test
    void nothingThatWasComputedForOneTenantIsUsedForAnother() throws Exception {
        int[] prompt = new SplittableRandom(5).ints(80, 3, 320).toArray();
        try (GenerationEngine engine = engine(new EngineSettings(4, 8, 64, 1000, 0, 0))) {
            GenerationHandle first = engine.submit(of("anna", prompt), AnswerListener.SILENT);
            GenerationHandle beside = engine.submit(of("ben", prompt), AnswerListener.SILENT);
            assertThat(first.await().answer().ids())
                    .isEqualTo(beside.await().answer().ids());
            assertThat(beside.await().usage().reused()).as("while both run").isZero();
            assertThat(engine.submit(of("carl", prompt), AnswerListener.SILENT)
                            .await()
                            .usage()
                            .reused())
                    .as("when both have ended")
                    .isZero();
            assertThat(engine.submit(of("ben", prompt), AnswerListener.SILENT)
                            .await()
                            .usage()
                            .reused())
                    .isEqualTo(79);
        }
    }

    private static GenerationRequest of(String tenant, int[] prompt) {
        return new GenerationRequest(prompt, FREE, Optional.empty(), tenant);
    }

    @Test
    void goesOnWithAConversationWhereItWas() throws Exception {
        try (GenerationEngine engine = engine(EngineSettings.DEFAULT)) {
            int[] prompt = tiny.prompts().get(0);
            int[] answer = ids(submit(engine, prompt, FREE));
            int[] next = Arrays.copyOf(prompt, prompt.length + answer.length + 5);
            System.arraycopy(answer, 0, next, prompt.length, answer.length);
            Arrays.fill(next, prompt.length + answer.length, next.length, 9);
            Usage usage = submit(engine, next, FREE).await().usage();
            // All but the answer's last token, which nobody had to go on from.
            assertThat(usage.reused()).isEqualTo(prompt.length + answer.length - 1);
        }
    }

    @Test
    void guessesAheadWhereTheTextRepeatsAndChangesNothing() throws Exception {
        int[] pattern = new Random(3).ints(10, 3, 320).toArray();
        int[] prompt = new int[60];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = pattern[i % pattern.length];
        }
        Completion plain;
        long plainSteps;
        try (GenerationEngine engine = engine(new EngineSettings(1, 0, 64, 0, 0, 0))) {
            plain = submit(engine, prompt, LONG).await();
            plainSteps = engine.counts().steps();
        }
        try (GenerationEngine engine = engine(new EngineSettings(1, 0, 64, 0, 0, 8))) {
            Completion guessed = submit(engine, prompt, LONG).await();
            assertThat(guessed.answer().ids()).isEqualTo(plain.answer().ids());
            assertThat(guessed.usage().accepted()).isPositive();
            assertThat(engine.counts().steps())
                    .isEqualTo(plainSteps - guessed.usage().accepted());
        }
    }

    @Tag("long")
    @Test
    void guessingChangesNoneOfManyAnswers() throws Exception {
        Random random = new Random(21);
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            int[] pattern = random.ints(2 + random.nextInt(12), 3, 320).toArray();
            int[] prompt = new int[pattern.length + random.nextInt(80)];
            for (int t = 0; t < prompt.length; t++) {
                boolean noise = random.nextInt(20) == 0;
                prompt[t] = noise ? 3 + random.nextInt(317) : pattern[t % pattern.length];
            }
            prompts.add(prompt);
        }
        GenerationOptions options = GenerationOptions.greedy(60, Set.of());
        List<int[]> plain = new ArrayList<>();
        try (GenerationEngine engine = engine(new EngineSettings(1, 0, 512, 0, 0, 0))) {
            for (int[] prompt : prompts) {
                plain.add(ids(submit(engine, prompt, options)));
            }
            assertThat(engine.counts().drafted()).isZero();
        }
        try (GenerationEngine engine = engine(new EngineSettings(6, 150, 64, 2000, 0, 8))) {
            List<GenerationHandle> tickets = new ArrayList<>();
            for (int[] prompt : prompts) {
                tickets.add(submit(engine, prompt, options));
            }
            long accepted = 0;
            for (int i = 0; i < tickets.size(); i++) {
                assertThat(ids(tickets.get(i))).as("prompt %s", i).isEqualTo(plain.get(i));
                accepted += tickets.get(i).await().usage().accepted();
            }
            EngineCounts counts = engine.counts();
            assertThat(accepted).isEqualTo(counts.accepted());
            assertThat(counts.accepted()).isBetween(500L, counts.drafted());
        }
    }

    @Test
    void keepsNoMoreThanMayBeKeptAndDropsTheLeastRecentlyUsed() throws Exception {
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            prompts.add(new Random(100 + i).ints(60, 3, 320).toArray());
        }
        // Room grows by 128 tokens: there is room for three of these.
        try (GenerationEngine engine = engine(new EngineSettings(1, 9, 64, 3 * 128, 0, 0))) {
            for (int[] prompt : prompts) {
                submit(engine, prompt, FREE).await();
                assertThat(engine.counts().cached()).isLessThanOrEqualTo(3 * 128);
            }
            assertThat(engine.counts().cached()).isEqualTo(3 * 128);
            assertThat(submit(engine, prompts.get(3), FREE).await().usage().reused())
                    .isEqualTo(59);
            assertThat(submit(engine, prompts.get(0), FREE).await().usage().reused())
                    .isZero();
            assertThat(submit(engine, prompts.get(3), FREE).await().usage().reused())
                    .isEqualTo(59);
            assertThat(submit(engine, prompts.get(4), FREE).await().usage().reused())
                    .isZero();
        }
    }

    @Test
    void loadsAdaptersWhenAskedAndAtMostSoMany() throws Exception {
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        AdapterFolders folders = name -> {
            asked.add(name);
            return adapter(name.substring(1));
        };
        try (GenerationEngine engine =
                new GenerationEngine(model(), tiny.tokenizer(), folders, new EngineSettings(4, 9, 64, 2000, 2, 0))) {
            for (String name : List.of("1lora", "2lora", "1lora", "3rslora", "1lora", "2lora")) {
                submit(engine, tiny.prompts().get(0), FREE, name).await();
            }
            assertThat(asked).containsExactly("1lora", "2lora", "3rslora", "2lora");
            assertThatThrownBy(() ->
                            submit(engine, tiny.prompts().get(0), FREE, "1none").await())
                    .isInstanceOf(UnknownAdapter.class)
                    .hasMessage("no adapter is named \"1none\"");
            assertThat(ids(submit(engine, tiny.prompts().get(0), FREE)))
                    .isEqualTo(tiny.answers().get(0));
        }
    }

    @Test
    void waitsForAnAdapterWhileAllAreBusy() throws Exception {
        try (GenerationEngine engine = engine(new EngineSettings(4, 9, 64, 2000, 1, 0))) {
            Held held = new Held();
            GenerationHandle busy = engine.submit(
                    new GenerationRequest(tiny.prompts().get(0), FREE, Optional.of("lora")), piece -> held.pass());
            held.awaitHolding();
            GenerationHandle waits = submit(engine, tiny.prompts().get(0), FREE, "rslora");
            held.letGo();
            busy.await();
            assertThat(waits.await().answer().ids()).hasSize(TOKENS);
        }
    }

    @Test
    void aListenerThatFailsFailsAlone() throws Exception {
        try (GenerationEngine engine = engine(EngineSettings.DEFAULT)) {
            GenerationHandle bad = engine.submit(request(0, FREE), piece -> {
                throw new IllegalStateException("no ears");
            });
            GenerationHandle good = submit(engine, tiny.prompts().get(1), FREE);
            assertThatThrownBy(bad::await).hasMessage("no ears");
            assertThat(ids(good)).isEqualTo(tiny.answers().get(1));
        }
    }

    @Test
    void drainedItAnswersWhatItHas() throws Exception {
        try (GenerationEngine engine = engine(new EngineSettings(1, 5, 64, 0, 0, 0))) {
            List<GenerationHandle> tickets = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tickets.add(submit(engine, tiny.prompts().get(i), FREE));
            }
            engine.drain();
            assertThatThrownBy(() -> submit(engine, tiny.prompts().get(0), FREE))
                    .isInstanceOf(EngineClosed.class)
                    .hasMessage("the engine is closed");
            for (int i = 0; i < 3; i++) {
                assertThat(ids(tickets.get(i))).isEqualTo(tiny.answers().get(i));
            }
        }
    }

    @Test
    void closedItFailsWhatItHas() throws Exception {
        GenerationEngine engine = engine(new EngineSettings(1, 5, 64, 0, 0, 0));
        Held held = new Held();
        GenerationHandle running = engine.submit(request(0, LONG), piece -> held.pass());
        GenerationHandle waiting = submit(engine, tiny.prompts().get(1), LONG);
        held.awaitHolding();
        Thread closing = new Thread(engine::close);
        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        held.letGo();
        closing.join();
        assertThat(engine.closed()).isTrue();
        assertThatThrownBy(running::await).isInstanceOf(EngineClosed.class);
        assertThatThrownBy(waiting::await).isInstanceOf(EngineClosed.class);
        assertThatThrownBy(() -> submit(engine, tiny.prompts().get(0), FREE)).isInstanceOf(EngineClosed.class);
    }

    @Test
    void refusesPromptsThatTheModelCannotTake() throws Exception {
        try (GenerationEngine engine = engine(EngineSettings.DEFAULT)) {
            assertThatThrownBy(() -> submit(engine, new int[256], FREE))
                    .hasMessage(
                            "the prompt has 256 tokens; the model takes 1 to 255 and needs room for" + " an answer");
            assertThatThrownBy(() -> submit(engine, new int[] {320}, FREE))
                    .hasMessageContaining("token 320 is outside of the model's vocabulary");
            assertThatThrownBy(() -> new EngineSettings(0, 1, 1, 1, 1, 1)).hasMessage("rows must be at least 1, got 0");
        }
    }

    private GenerationEngine engine(EngineSettings settings) {
        return new GenerationEngine(model(), tiny.tokenizer(), this::adapter, settings);
    }

    private LanguageModel model() {
        return LanguageModel.open(tiny.folder(), ComputePrecision.FLOAT32, Optional.empty());
    }

    private Optional<Path> adapter(String name) {
        return name.equals("none") ? Optional.empty() : Optional.of(TinyModel.adapter(name));
    }

    private GenerationRequest request(int prompt, GenerationOptions options) {
        return GenerationRequest.of(tiny.prompts().get(prompt), options);
    }

    private static GenerationHandle submit(GenerationEngine engine, int[] prompt, GenerationOptions options) {
        return engine.submit(GenerationRequest.of(prompt, options), AnswerListener.SILENT);
    }

    private static GenerationHandle submit(
            GenerationEngine engine, int[] prompt, GenerationOptions options, String adapter) {
        return engine.submit(new GenerationRequest(prompt, options, Optional.of(adapter)), AnswerListener.SILENT);
    }

    private static int[] ids(GenerationHandle ticket) throws InterruptedException {
        return ticket.await().answer().ids();
    }

    /** Holds the engine at an answer's first token, so that a test can do something meanwhile. */
    private static final class Held {
        private final CountDownLatch holding = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);

        boolean pass() {
            holding.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        }

        void awaitHolding() throws InterruptedException {
            holding.await();
        }

        void letGo() {
            go.countDown();
        }
    }
}

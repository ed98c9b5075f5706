package dev.septet.llm.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.generate.constraint.CallableFunction;
import dev.septet.llm.generate.constraint.JsonConstraints;
import dev.septet.llm.generate.constraint.SchemaConstraintTest;
import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.template.tool.ToolCallFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Answers in a given format, by a model whose weights are random: its tokens mean nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
class ConstrainedAnswersTest {
    private TinyModel tiny;
    private JsonConstraints constraints;

    @BeforeAll
    void open() throws IOException {
        tiny = TinyModel.open("base");
        constraints = new JsonConstraints(tiny.tokenizer());
    }

    @AfterAll
    void close() {
        tiny.close();
    }

    @Test
    void answersAreValidAndTheSameAloneAndInABatch() {
        List<JsonNode> schemas;
        try {
            schemas = SchemaConstraintTest.schemas(10);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        List<GenerationRequest> requests = new ArrayList<>();
        List<@Nullable JsonNode> formats = new ArrayList<>();
        for (int i = 0; i < schemas.size(); i++) {
            Sampling sampling = i % 2 == 0 ? Sampling.GREEDY : new Sampling(3, 1, i);
            requests.add(request(i, sampling, constraints.schema(schemas.get(i), "")));
            formats.add(schemas.get(i));
            if (i % 8 == 0) {
                requests.add(request(i, sampling, null));
                formats.add(null);
            }
        }
        List<Generated> alone = answers(requests, new EngineSettings(1, 200, 64, 0, 0, 0));
        List<Generated> together = answers(requests, new EngineSettings(7, 200, 17, 2000, 0, 6));
        int ended = 0;
        for (int i = 0; i < requests.size(); i++) {
            assertThat(together.get(i).ids()).isEqualTo(alone.get(i).ids());
            JsonNode schema = formats.get(i);
            if (schema != null && alone.get(i).reason() == FinishReason.STOP) {
                SchemaConstraintTest.requireValid(schema, alone.get(i).text());
                ended++;
            } else {
                assertThat(alone.get(i).reason()).isEqualTo(FinishReason.LENGTH);
                assertThat(alone.get(i).ids()).hasSize(120);
            }
        }
        assertThat(ended).isGreaterThan(schemas.size() / 3);
    }

    private GenerationRequest request(int i, Sampling sampling, @Nullable TokenConstraint constraint) {
        int[] prompt = tiny.prompts().get(i % tiny.prompts().size());
        return GenerationRequest.of(
                prompt, new GenerationOptions(120, sampling, Set.of(2), List.of(), constraint, -1, false, Set.of()));
    }

    private List<Generated> answers(List<GenerationRequest> requests, EngineSettings settings) {
        try (Batched engine = new Batched(settings)) {
            return engine.answers(requests);
        }
    }

    /** The engine's batches, without its thread, so that the model stays open. */
    private final class Batched implements AutoCloseable {
        private final Batch batch;

        Batched(EngineSettings settings) {
            batch = new Batch(tiny.model(), tiny.tokenizer(), AdapterFolders.NONE, settings);
        }

        List<Generated> answers(List<GenerationRequest> requests) {
            List<GenerationHandle> handles = new ArrayList<>();
            List<@Nullable Generated> answers = new ArrayList<>();
            for (GenerationRequest request : requests) {
                handles.add(new GenerationHandle(request, AnswerListener.SILENT));
                answers.add(null);
            }
            int next = 0;
            int open = requests.size();
            while (open > 0) {
                while (batch.hasRoom() && next < handles.size()) {
                    batch.join(handles.get(next++));
                }
                for (ActiveSequence row : batch.step()) {
                    assertThat(row.failure()).isNull();
                    answers.set(handles.indexOf(row.handle()), row.completion().answer());
                    open--;
                }
            }
            List<Generated> all = new ArrayList<>();
            for (Generated answer : answers) {
                all.add(Objects.requireNonNull(answer));
            }
            return all;
        }

        @Override
        public void close() {
            batch.close();
        }
    }

    @Test
    void anAnswerOfOneValueHasNoOtherText() throws IOException {
        JsonNode schema = new JsonMapper().readTree("{\"const\": {\"answer\": 42}}");
        Generated answer = answers(
                        List.of(request(0, Sampling.GREEDY, constraints.schema(schema, ""))), EngineSettings.DEFAULT)
                .get(0);
        assertThat(answer.text()).isEqualTo("{\"answer\":42}");
        assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    }

    /** A special token is not a part of an answer's text, but the marks of calls are. */
    @Test
    void marksOfCallsAreWritten() {
        ToolCallFormat format =
                new ToolCallFormat("<|im_start|>", null, "<|im_start|>", "name", "", "arguments", false);
        JsonConstraints marked = new JsonConstraints(tiny.tokenizer(), format);
        TokenConstraint calls = marked.calls(List.of(new CallableFunction("clock", null, false, "")), false, true);
        int[] prompt = tiny.prompts().get(0);
        for (Set<Integer> written : List.of(Set.<Integer>of(), marked.callTokens())) {
            Generated answer = answers(
                            List.of(GenerationRequest.of(
                                    prompt,
                                    new GenerationOptions(
                                            80, Sampling.GREEDY, Set.of(2), List.of(), calls, -1, false, written))),
                            EngineSettings.DEFAULT)
                    .get(0);
            assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
            assertThat(answer.ids()[0]).isEqualTo(1);
            String text = answer.text().replaceAll("\\s", "");
            String call = "{\"name\":\"clock\",\"arguments\":{}}";
            assertThat(text).isEqualTo(written.isEmpty() ? call : "<|im_start|>" + call + "<|im_start|>");
        }
    }

    @Test
    void logProbabilitiesAreTheModelsOwn() {
        List<TokenLogProbabilities> heard = new ArrayList<>();
        GenerationOptions options =
                new GenerationOptions(12, Sampling.GREEDY, Set.of(), List.of(), null, 320, false, Set.of());
        AnswerListener listener = new AnswerListener() {
            @Override
            public boolean onText(String piece) {
                return true;
            }

            @Override
            public void onToken(TokenLogProbabilities token) {
                heard.add(token);
            }
        };
        int[] prompt = tiny.prompts().get(0);
        Batch batch = new Batch(tiny.model(), tiny.tokenizer(), AdapterFolders.NONE, EngineSettings.DEFAULT);
        batch.join(new GenerationHandle(GenerationRequest.of(prompt, options), listener));
        List<ActiveSequence> ended = List.of();
        while (ended.isEmpty()) {
            ended = batch.step();
        }
        batch.close();
        assertThat(ended.get(0).completion().answer().ids())
                .isEqualTo(tiny.answers().get(0));
        assertThat(heard).hasSize(12);
        int[] whole = Arrays.copyOf(prompt, prompt.length + 12);
        System.arraycopy(tiny.answers().get(0), 0, whole, prompt.length, 12);
        boolean[] loss = new boolean[whole.length];
        Arrays.fill(loss, prompt.length, whole.length, true);
        double scored = new Scorer(tiny.model(), 512)
                .score(List.of(new TokenSequence(whole, loss)))
                .get(0)
                .loss();
        assertThat(-heard.stream()
                        .mapToDouble(token -> token.chosen().logProbability())
                        .sum())
                .isCloseTo(scored, within(1e-4));
        for (TokenLogProbabilities token : heard) {
            assertThat(token.top().get(0)).isEqualTo(token.chosen());
            assertThat(token.top().stream()
                            .mapToDouble(top -> Math.exp(top.logProbability()))
                            .sum())
                    .isCloseTo(1, within(1e-9));
        }
    }
}

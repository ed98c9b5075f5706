package dev.septet.activities.answer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.endpoint.AnswerPart;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.constraint.JsonConstraints;
import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model folder that the engine runs on this worker. It answers one request at a time. */
final class EngineTeacher implements Teacher {
    /** How endings are named, as OpenAI does. */
    private static final String LENGTH = "length";

    private final String digest;
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final ChatEncoder chats;
    private final Set<Integer> stops;
    private final JsonConstraints formats;
    private final Map<JsonNode, TokenConstraint> constraints = new HashMap<>();

    private EngineTeacher(Path folder, LanguageModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        digest = ModelFolder.open(folder).digest();
        chats = new ChatEncoder(ChatTemplate.of(folder), tokenizer);
        stops = StopIds.of(folder, tokenizer);
        formats = new JsonConstraints(tokenizer);
    }

    /**
     * Opens a model folder.
     *
     * @throws dev.septet.llm.format.FormatProblem when it is not one, or has no chat template
     */
    static EngineTeacher open(Path folder) {
        LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
        try {
            return new EngineTeacher(folder, model, Tokenizer.open(folder));
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    @Override
    public String service() {
        return "septet engine";
    }

    @Override
    public String model() {
        return digest;
    }

    @Override
    public boolean takesFormats() {
        return true;
    }

    @Override
    public int mostAtOnce() {
        return 1;
    }

    @Override
    public synchronized AnswerPart answer(EndpointRequest request) {
        int limit = Objects.requireNonNull(request.maxTokens());
        int[] prompt;
        try {
            prompt = chats.prompt(request.messages());
        } catch (TemplateProblem hostile) {
            return new AnswerPart("", AnswerPart.CONTENT_FILTER, 0, 0); // a text of the row is a control token
        }
        if (prompt.length >= model.config().maxPositions()) {
            return new AnswerPart("", LENGTH, 0, 0);
        }
        GenerationOptions options = new GenerationOptions(
                limit,
                new Sampling(request.temperature(), request.topP(), request.seed()),
                stops,
                List.of(),
                constraint(request.responseFormat()),
                -1,
                false,
                Set.of());
        Generated answer = new Generator(model, tokenizer, 1)
                .generate(List.of(prompt), options)
                .get(0);
        return new AnswerPart(
                answer.text(),
                answer.reason() == FinishReason.LENGTH ? LENGTH : "stop",
                prompt.length,
                answer.ids().length);
    }

    private @Nullable TokenConstraint constraint(@Nullable JsonNode format) {
        return format == null
                ? null
                : constraints.computeIfAbsent(
                        format, same -> formats.schema(same.path("json_schema").path("schema"), ""));
    }

    @Override
    public double cost(long promptTokens, long tokens) {
        return 0;
    }

    @Override
    public @Nullable String currency() {
        return null;
    }

    @Override
    public void close() {
        try (model) {
            tokenizer.close();
        }
    }
}

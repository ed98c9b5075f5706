package dev.septet.workers.serve.backend;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.generate.TokenLogProbabilities;
import dev.septet.llm.generate.constraint.JsonConstraints;
import dev.septet.llm.generate.constraint.SchemaProblem;
import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.tokenizer.TokenBytes;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.workers.serve.openai.AnswerFormat;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletionRequest;
import dev.septet.workers.serve.openai.TokenChance;
import dev.septet.workers.serve.openai.ToolUse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The required formats of one model's answers. The last ones are kept with the masks of tokens that
 * were computed for them. Each tenant has its own, so that the time of an answer reveals nothing
 * about the formats of others.
 */
final class AnswerConstraints {
    /** A format of a large vocabulary keeps up to 10 MB. */
    private static final int KEPT = 16;

    private final Tokenizer tokenizer;
    private final Conversations conversations;
    private final Set<Integer> stopIds;
    private @Nullable JsonConstraints formats;
    private final Map<String, TokenConstraint> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenConstraint> eldest) {
            return size() > KEPT;
        }
    };

    /**
     * @param conversations the model's template
     * @param stopIds tokens that end an answer
     */
    AnswerConstraints(Tokenizer tokenizer, Conversations conversations, Set<Integer> stopIds) {
        this.tokenizer = tokenizer;
        this.conversations = conversations;
        this.stopIds = stopIds;
    }

    /**
     * What a request requires.
     *
     * @return null for every token
     * @throws ApiProblem when it is not supported
     */
    @Nullable
    TokenConstraint of(CompletionRequest asked, String tenant) {
        if (asked.topLogProbabilities() >= 0) {
            var unused = supported("logprobs", Tokenizer::tokenBytes);
        }
        if (asked.tools().active()) {
            return calls(asked.tools(), tenant);
        }
        AnswerFormat format = asked.format();
        if (!format.json()) {
            return null;
        }
        JsonNode schema = format.schema();
        String key = tenant + "\n" + (schema == null ? "" : Sha256.of(schema.toString()));
        return kept(
                key,
                () -> schema == null
                        ? formats("response_format").object()
                        : formats("response_format").schema(schema, AnswerFormat.SCHEMA_POINTER));
    }

    private TokenConstraint calls(ToolUse tools, String tenant) {
        if (!conversations.offersTools()) {
            throw ApiProblem.unsupported(
                    "tools", "'tools' is not supported for this model: its chat template has no place for them");
        }
        boolean required = tools.choice() == ToolUse.Choice.REQUIRED;
        String key = "%s\n%s %s %s\n%s"
                .formatted(tenant, required, tools.parallel(), tools.named(), Sha256.of(String.valueOf(tools.sent())));
        return kept(key, () -> formats("tools").calls(tools.callable(), tools.parallel(), required));
    }

    /** Ids of the control tokens of calls. */
    Set<Integer> callTokens() {
        return formats("tools").callTokens();
    }

    /** Texts of those tokens. */
    Set<String> callMarks() {
        return formats("tools").callMarks();
    }

    private TokenConstraint kept(String key, Supplier<TokenConstraint> made) {
        synchronized (kept) {
            TokenConstraint known = kept.get(key);
            if (known != null) {
                return known;
            }
        }
        TokenConstraint constraint;
        try {
            constraint = made.get();
        } catch (SchemaProblem problem) {
            throw ApiProblem.refused(
                    400, problem.pointer(), "unsupported_schema", String.valueOf(problem.getMessage()));
        }
        synchronized (kept) {
            kept.put(key, constraint);
        }
        return constraint;
    }

    private synchronized JsonConstraints formats(String field) {
        JsonConstraints known = formats;
        if (known == null) {
            known = supported(field, own -> new JsonConstraints(own, conversations.callFormat(stopIds)));
            formats = known;
        }
        return known;
    }

    private <T> T supported(String field, Function<Tokenizer, T> made) {
        try {
            return made.apply(tokenizer);
        } catch (FormatProblem problem) {
            throw ApiProblem.unsupported(
                    field, "'%s' is not supported for this model: its tokens do not stand for bytes".formatted(field));
        }
    }

    /** Log-probabilities as clients get them. */
    TokenChance chance(TokenLogProbabilities token) {
        TokenBytes bytes = tokenizer.tokenBytes();
        return chance(
                token.chosen(),
                bytes,
                token.top().stream().map(top -> chance(top, bytes, List.of())).toList());
    }

    /** The first token of a prompt, which nothing predicts. */
    TokenChance first(int id) {
        return TokenChance.first(tokenizer.tokenBytes().of(id));
    }

    private static TokenChance chance(TokenLogProbabilities.Scored token, TokenBytes bytes, List<TokenChance> top) {
        return new TokenChance(bytes.of(token.id()), token.logProbability(), top);
    }
}

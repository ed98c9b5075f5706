package dev.septet.workers.serve.http;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.workers.serve.backend.AnswerOptions;
import dev.septet.workers.serve.backend.BackendPrompt;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request with its tokenized prompts, ready for its model.
 *
 * @param prompts as the model reads them
 * @param options options of each answer
 * @param echo text before each answer, often empty
 */
record PreparedRequest(List<BackendPrompt> prompts, List<AnswerOptions> options, List<String> echo) {
    /**
     * Tokenizes the prompts.
     *
     * @throws ApiProblem when the model cannot read them, or its context has no room for an answer
     */
    static PreparedRequest of(CompletionRequest completionRequest, String tenant, ModelBackend backend) {
        requireRoom(completionRequest, backend);
        TokenConstraint constraint = backend.constraint(completionRequest, tenant);
        List<BackendPrompt> prompts = prompts(completionRequest, backend);
        List<AnswerOptions> options = new ArrayList<>();
        for (BackendPrompt prompt : prompts) {
            options.addAll(options(completionRequest, tenant, prompt, backend.context(), constraint));
        }
        return new PreparedRequest(prompts, options, echo(completionRequest));
    }

    /** The request with the texts of its token ids, for the echo and the audit log. */
    static CompletionRequest decoded(CompletionRequest completionRequest, ModelBackend backend) {
        if (completionRequest.promptIds().isEmpty()) {
            return completionRequest;
        }
        for (List<Integer> ids : completionRequest.promptIds()) {
            if (ids.size() > backend.context()) {
                throw ApiProblem.refused(
                        400,
                        "prompt",
                        "context_length_exceeded",
                        String.format(
                                Locale.ROOT,
                                "this model's context is %d tokens, but there are %d in the prompt",
                                backend.context(),
                                ids.size()));
            }
        }
        return completionRequest.decoded(completionRequest.promptIds().stream()
                .map(ids -> backend.decoded(array(ids)))
                .toList());
    }

    private static int[] array(List<Integer> ids) {
        return ids.stream().mapToInt(id -> id).toArray();
    }

    /** Number of tokens of each prompt. */
    List<Integer> promptTokens() {
        return prompts.stream().map(BackendPrompt::tokens).toList();
    }

    /**
     * Refuses a text that is too long for the context before it is tokenized, because its tokens
     * would take many times its size.
     */
    private static void requireRoom(CompletionRequest completionRequest, ModelBackend backend) {
        long max = backend.longestText();
        long length = completionRequest.longestText();
        if (length > max) {
            String field = completionRequest.chat() ? "messages" : "prompt";
            throw ApiProblem.refused(
                    400,
                    field,
                    "context_length_exceeded",
                    String.format(
                            Locale.ROOT,
                            "this model's context is %d tokens, which hold %d characters at most, but there are %d in the %s",
                            backend.context(),
                            max,
                            length,
                            field));
        }
    }

    private static List<BackendPrompt> prompts(CompletionRequest completionRequest, ModelBackend backend) {
        try {
            if (completionRequest.chat()) {
                return List.of(backend.conversation(completionRequest.conversation()));
            }
            if (!completionRequest.promptIds().isEmpty()) {
                return completionRequest.promptIds().stream()
                        .map(ids -> backend.completion(array(ids)))
                        .toList();
            }
            return completionRequest.prompts().stream().map(backend::completion).toList();
        } catch (TemplateProblem | FormatProblem refusal) {
            throw ApiProblem.value(
                    completionRequest.chat() ? "messages" : "prompt",
                    "the model cannot read this: " + refusal.getMessage());
        }
    }

    /** The options of each answer to a prompt; they differ in their seeds. */
    private static List<AnswerOptions> options(
            CompletionRequest completionRequest,
            String tenant,
            BackendPrompt prompt,
            int context,
            @Nullable TokenConstraint constraint) {
        int room = context - prompt.tokens();
        Integer most = completionRequest.maxTokens();
        String field = completionRequest.chat() ? "messages" : "prompt";
        if (room < 1 || (most != null && most > room)) {
            throw ApiProblem.refused(
                    400,
                    field,
                    "context_length_exceeded",
                    String.format(
                            Locale.ROOT,
                            "this model's context is %d tokens, but the request needs %d (%d in the %s, %d for the answer)",
                            context,
                            (long) prompt.tokens() + (most == null ? 1 : most),
                            prompt.tokens(),
                            field,
                            most == null ? 1 : most));
        }
        Long given = completionRequest.seed();
        long seed = given == null ? RequestId.seed() : given;
        List<AnswerOptions> all = new ArrayList<>();
        for (int choice = 0; choice < completionRequest.choices(); choice++) {
            all.add(new AnswerOptions(
                    most == null ? room : most,
                    new Sampling(completionRequest.temperature(), completionRequest.topP(), seed + choice),
                    completionRequest.stops(),
                    tenant,
                    constraint,
                    completionRequest.topLogProbabilities(),
                    completionRequest.echo() && completionRequest.topLogProbabilities() >= 0,
                    completionRequest.format(),
                    completionRequest.tools().active()));
        }
        return all;
    }

    private static List<String> echo(CompletionRequest completionRequest) {
        List<String> echo = new ArrayList<>();
        for (int answer = 0; answer < completionRequest.answers(); answer++) {
            echo.add(
                    completionRequest.echo()
                            ? completionRequest.prompts().get(answer / completionRequest.choices())
                            : "");
        }
        return echo;
    }
}

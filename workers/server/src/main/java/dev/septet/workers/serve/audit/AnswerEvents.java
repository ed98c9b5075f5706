package dev.septet.workers.serve.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditedCall;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTools;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.AuditedVerdict;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.generate.constraint.CallableFunction;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The audit log records of one request: one record for each of its answers.
 *
 * @param id id of the response; answers after the first add {@code #1}, {@code #2} ...
 * @param time time of the request
 * @param promptTokens tokens of each prompt; 0 where a service counts them
 * @param key name of the request's API key; null where no key is required
 */
public record AnswerEvents(
        String id,
        Instant time,
        ServedBy servedBy,
        CompletionRequest asked,
        List<Integer> promptTokens,
        @Nullable String key) {
    public AnswerEvents {
        promptTokens = List.copyOf(promptTokens);
    }

    /**
     * The records.
     *
     * @param answers answers as far as they were generated
     * @param problem the problem that the client got instead; null for none
     * @param millis milliseconds from the request to its end
     * @param guard verdicts that led to an answer
     */
    public List<AnswerEvent> lines(
            List<CompletedAnswer> answers,
            @Nullable ApiProblem problem,
            long millis,
            IntFunction<List<AuditedVerdict>> guard) {
        List<AnswerEvent> lines = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            int prompt = i / asked.choices();
            lines.add(new AnswerEvent(
                    i == 0 ? id : id + "#" + i,
                    time,
                    servedBy,
                    question(prompt),
                    reply(
                            answers.get(i),
                            problem,
                            promptTokens.get(prompt) + answers.get(i).promptTokens(),
                            millis),
                    key,
                    guard.apply(i)));
        }
        return lines;
    }

    /** The questions: the conversation, or each prompt. */
    public List<AuditedQuestion> questions() {
        int prompts = Math.max(1, asked.prompts().size());
        return IntStream.range(0, prompts).mapToObj(this::question).toList();
    }

    private AuditedQuestion question(int prompt) {
        return asked.chat()
                ? AuditedQuestion.of(
                        asked.messages().stream().map(AnswerEvents::turn).toList(), tools())
                : AuditedQuestion.of(asked.prompts().get(prompt));
    }

    private @Nullable AuditedTools tools() {
        return asked.tools().sent() == null
                ? null
                : new AuditedTools(
                        asked.tools().functions().stream()
                                .map(CallableFunction::name)
                                .toList(),
                        Sha256.of(String.valueOf(asked.tools().sent())));
    }

    private static AuditedTurn turn(ChatMessage message) {
        List<AuditedCall> calls = new ArrayList<>();
        for (Object each : message.toolCalls()) {
            JsonNode call = StrictJson.MAPPER.valueToTree(each);
            calls.add(new AuditedCall(
                    call.path("id").asText(),
                    call.at("/function/name").asText(),
                    call.at("/function/arguments").toString()));
        }
        return new AuditedTurn(
                message.role(),
                message.text(),
                calls.isEmpty() ? null : calls,
                field(message, "tool_call_id"),
                field(message, "reasoning_content"),
                field(message, "name"));
    }

    private static @Nullable String field(ChatMessage message, String name) {
        return message.fields().get(name) instanceof String text ? text : null;
    }

    private static Reply reply(CompletedAnswer answer, @Nullable ApiProblem problem, int promptTokens, long millis) {
        if (answer.reason() != FinishReason.CANCELLED) {
            Reply reply = Reply.of(answer.text(), answer.finish(), promptTokens, answer.tokens(), millis);
            return answer.filtered() ? reply.refusing() : calling(reply, answer);
        }
        return problem == null
                ? calling(Reply.of(answer.text(), "cancelled", promptTokens, answer.tokens(), millis), answer)
                : Reply.failed(String.valueOf(problem.code()), promptTokens, millis);
    }

    private static Reply calling(Reply reply, CompletedAnswer answer) {
        return answer.calls().isEmpty()
                ? reply
                : reply.calling(answer.calls().stream()
                        .map(call -> new AuditedCall(call.id(), call.name(), call.arguments()))
                        .toList());
    }
}

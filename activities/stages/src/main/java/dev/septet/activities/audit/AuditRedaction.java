package dev.septet.activities.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.audit.AuditSettings.Texts;
import dev.septet.activities.prepare.redaction.Redactor;
import dev.septet.llm.format.StrictJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the audit settings to an event: redacts or drops its texts, and cuts them to the length
 * limits of a line. A conversation that is too long keeps its last messages.
 */
final class AuditRedaction {
    /** The largest number of UTF-16 units in all texts of a question together, and in an answer. */
    static final int MAX_TEXT = 64 << 10;

    static final int MAX_TURNS = 256;
    private static final int MAX_NAME = 256;

    private final Texts texts;
    private final @Nullable Redactor redactor;

    AuditRedaction(AuditSettings settings) {
        texts = settings.texts();
        redactor = texts == Texts.REDACTED && !settings.redacted().isEmpty()
                ? Redactor.masking(settings.redacted(), settings.regions())
                : null;
    }

    AuditEvent drawn(AuditEvent event) {
        if (event instanceof AnswerEvent answer) {
            return answer(answer);
        }
        return event instanceof FeedbackEvent feedback ? feedback(feedback) : event;
    }

    private AnswerEvent answer(AnswerEvent event) {
        return answer(event, question(event.question()));
    }

    AuditedQuestion question(AuditedQuestion question) {
        return new AuditedQuestion(
                text(question.prompt()), turns(question.messages()), question.length(), question.tools());
    }

    /**
     * @param question the redacted question
     */
    AnswerEvent answer(AnswerEvent event, AuditedQuestion question) {
        Reply reply = event.reply();
        ServedBy by = event.servedBy();
        return new AnswerEvent(
                name(event.id()),
                event.time(),
                new ServedBy(name(by.pipeline()), name(by.model()), name(by.version()), by.arm()),
                question,
                new Reply(
                        text(reply.answer()),
                        reply.length(),
                        name(reply.finish()),
                        reply.promptTokens(),
                        reply.answerTokens(),
                        reply.millis(),
                        reply.refused(),
                        reply.error() == null ? null : name(reply.error()),
                        calls(reply.calls(), MAX_TEXT)),
                event.key() == null ? null : name(event.key()),
                event.guard());
    }

    private FeedbackEvent feedback(FeedbackEvent event) {
        return new FeedbackEvent(
                name(event.id()),
                event.time(),
                name(event.pipeline()),
                name(event.of()),
                event.thumb(),
                text(event.correction()),
                event.key() == null ? null : name(event.key()));
    }

    private @Nullable List<AuditedTurn> turns(@Nullable List<AuditedTurn> turns) {
        if (turns == null || texts == Texts.NONE) {
            return null;
        }
        List<AuditedTurn> kept = new ArrayList<>();
        int left = MAX_TEXT;
        for (int at = turns.size() - 1; at >= 0 && left > 0 && kept.size() < MAX_TURNS; at--) {
            AuditedTurn turn = turns.get(at);
            String content = cut(redactedText(turn.content()), left);
            left -= content.length() + 1;
            List<AuditedCall> calls = calls(turn.calls(), Math.max(0, left));
            if (calls != null) {
                left -= calls.stream()
                        .mapToInt(call -> call.arguments().length())
                        .sum();
            }
            String thought = turn.reasoning();
            String reasoning = thought == null ? null : cut(redactedText(thought), Math.max(0, left));
            left -= reasoning == null ? 0 : reasoning.length();
            kept.add(
                    0,
                    new AuditedTurn(
                            name(turn.role()),
                            content,
                            calls,
                            nullable(turn.callId()),
                            reasoning,
                            nullable(turn.name())));
        }
        return kept;
    }

    private @Nullable List<AuditedCall> calls(@Nullable List<AuditedCall> calls, int max) {
        if (calls == null || texts == Texts.NONE) {
            return null;
        }
        List<AuditedCall> kept = new ArrayList<>();
        int left = max;
        for (AuditedCall call : calls) {
            if (kept.size() == MAX_TURNS) {
                break;
            }
            String arguments = cut(redactedJson(call.arguments()), left);
            left -= arguments.length();
            kept.add(new AuditedCall(name(call.id()), name(call.name()), arguments));
        }
        return kept;
    }

    private @Nullable String text(@Nullable String text) {
        return text == null || texts == Texts.NONE ? null : cut(redactedText(text), MAX_TEXT);
    }

    /** Cuts before redaction, with a margin, because a redaction may shorten the text. */
    private String redactedText(String text) {
        return redactor == null ? text : redactor.redacted(cut(text, 2 * MAX_TEXT));
    }

    /**
     * Redacts each string and each number of a JSON text. Escapes would hide data from a redaction of
     * the text, which may also make invalid JSON. What is no JSON is redacted as a text.
     */
    private String redactedJson(String text) {
        Redactor masking = redactor;
        if (masking == null || text.length() > 2 * MAX_TEXT) {
            return redactedText(text);
        }
        try {
            JsonNode parsed = StrictJson.MAPPER.readTree(text);
            return parsed.isMissingNode()
                    ? redactedText(text)
                    : StrictJson.MAPPER.writeValueAsString(redacted(parsed, masking));
        } catch (JsonProcessingException notJson) {
            return redactedText(text);
        }
    }

    private static JsonNode redacted(JsonNode value, Redactor masking) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value.isTextual()) {
            return nodes.textNode(masking.redacted(value.textValue()));
        } else if (value.isNumber()) {
            String written = value.asText();
            String masked = masking.redacted(written);
            return masked.equals(written) ? value : nodes.textNode(masked);
        } else if (value.isArray()) {
            ArrayNode items = nodes.arrayNode();
            value.forEach(item -> items.add(redacted(item, masking)));
            return items;
        } else if (value.isObject()) {
            ObjectNode object = nodes.objectNode();
            value.properties()
                    .forEach(property ->
                            object.set(masking.redacted(property.getKey()), redacted(property.getValue(), masking)));
            return object;
        }
        return value;
    }

    private static @Nullable String nullable(@Nullable String text) {
        return text == null ? null : name(text);
    }

    private static String name(String text) {
        return cut(text, MAX_NAME);
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }
}

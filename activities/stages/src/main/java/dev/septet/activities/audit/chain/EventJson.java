package dev.septet.activities.audit.chain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.AuditedCall;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTools;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.AuditedVerdict;
import dev.septet.activities.audit.ErasedEvent;
import dev.septet.activities.audit.ErasureEvent;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.RepairEvent;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.RetentionEvent;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.audit.Thumb;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Converts events to sorted JSON fields and back. JSON of another shape is not an event. */
public final class EventJson {
    private EventJson() {}

    public static String kind(AuditEvent event) {
        if (event instanceof AnswerEvent) {
            return "answer";
        }
        if (event instanceof FeedbackEvent) {
            return "feedback";
        }
        if (event instanceof RepairEvent) {
            return "repair";
        }
        if (event instanceof RetentionEvent) {
            return "retention";
        }
        return event instanceof ErasureEvent ? "erasure" : ErasedLine.KIND;
    }

    public static Map<String, Object> fields(AuditEvent event) {
        TreeMap<String, Object> fields = new TreeMap<>();
        fields.put("time", event.time().truncatedTo(ChronoUnit.MILLIS).toString());
        if (event instanceof AnswerEvent answer) {
            answer(answer, fields);
        } else if (event instanceof FeedbackEvent feedback) {
            fields.put("id", feedback.id());
            fields.put("of", feedback.of());
            fields.put("pipeline", feedback.pipeline());
            put(fields, "thumb", feedback.thumb() == null ? null : word(feedback.thumb()));
            put(fields, "correction", feedback.correction());
            put(fields, "key", feedback.key());
        } else if (event instanceof RepairEvent repair) {
            fields.put("bytes", repair.bytes());
            fields.put("digest", repair.digest());
        } else if (event instanceof RetentionEvent retention) {
            fields.put("before", retention.before());
            fields.put("lastDigest", retention.lastDigest());
            fields.put("lastSequence", retention.lastSequence());
        } else if (event instanceof ErasureEvent erasure) {
            fields.put("lines", erasure.lines().stream().map(EventJson::line).toList());
            fields.put("reason", erasure.reason());
        } else if (event instanceof ErasedEvent erased) {
            fields.put("was", erased.was());
        }
        return fields;
    }

    private static Map<String, Object> line(ErasureEvent.Line line) {
        return new TreeMap<>(Map.of(
                "digest", line.digest(),
                "previous", line.previous(),
                "sequence", line.sequence(),
                "time", line.what().time().toString(),
                "was", line.what().was()));
    }

    private static void answer(AnswerEvent event, Map<String, Object> fields) {
        ServedBy by = event.servedBy();
        fields.put("id", event.id());
        put(fields, "key", event.key());
        fields.put("pipeline", by.pipeline());
        fields.put("model", by.model());
        fields.put("version", by.version());
        fields.put("arm", word(by.arm()));
        AuditedQuestion question = event.question();
        put(fields, "prompt", question.prompt());
        put(fields, "messages", question.messages());
        put(fields, "tools", question.tools());
        fields.put("promptLength", question.length());
        Reply reply = event.reply();
        put(fields, "answer", reply.answer());
        put(fields, "calls", reply.calls());
        fields.put("answerLength", reply.length());
        fields.put("finish", reply.finish());
        fields.put("promptTokens", reply.promptTokens());
        fields.put("answerTokens", reply.answerTokens());
        fields.put("millis", reply.millis());
        fields.put("refused", reply.refused());
        put(fields, "error", reply.error());
        put(fields, "guard", event.guard().isEmpty() ? null : event.guard());
    }

    public static Optional<AuditEvent> event(String kind, JsonNode json) {
        try {
            Instant time = Instant.parse(json.path("time").asText());
            return switch (kind) {
                case "answer" -> Optional.of(answer(time, json));
                case "feedback" ->
                    Optional.of(new FeedbackEvent(
                            text(json, "id"),
                            time,
                            text(json, "pipeline"),
                            text(json, "of"),
                            enumOrNull(Thumb.class, json, "thumb"),
                            textOrNull(json, "correction"),
                            textOrNull(json, "key")));
                case "repair" -> Optional.of(new RepairEvent(time, number(json, "bytes"), text(json, "digest")));
                case "retention" ->
                    Optional.of(new RetentionEvent(
                            time, number(json, "before"), number(json, "lastSequence"), text(json, "lastDigest")));
                case "erasure" -> Optional.of(erasure(time, json));
                case ErasedLine.KIND -> Optional.of(new ErasedEvent(time, text(json, "was")));
                default -> Optional.empty();
            };
        } catch (DateTimeException | IllegalArgumentException hostile) {
            return Optional.empty();
        }
    }

    private static ErasureEvent erasure(Instant time, JsonNode json) {
        List<ErasureEvent.Line> lines = new ArrayList<>();
        for (JsonNode line : json.path("lines")) {
            ErasedEvent what = new ErasedEvent(Instant.parse(text(line, "time")), text(line, "was"));
            lines.add(new ErasureEvent.Line(
                    number(line, "sequence"), text(line, "digest"), text(line, "previous"), what));
        }
        return new ErasureEvent(time, text(json, "reason"), lines);
    }

    private static AnswerEvent answer(Instant time, JsonNode json) {
        return new AnswerEvent(
                text(json, "id"),
                time,
                new ServedBy(
                        text(json, "pipeline"),
                        text(json, "model"),
                        text(json, "version"),
                        Arm.valueOf(text(json, "arm").toUpperCase(Locale.ROOT))),
                new AuditedQuestion(
                        textOrNull(json, "prompt"),
                        turns(json.path("messages")),
                        (int) number(json, "promptLength"),
                        tools(json.path("tools"))),
                new Reply(
                        textOrNull(json, "answer"),
                        (int) number(json, "answerLength"),
                        text(json, "finish"),
                        (int) number(json, "promptTokens"),
                        (int) number(json, "answerTokens"),
                        number(json, "millis"),
                        json.path("refused").asBoolean(),
                        textOrNull(json, "error"),
                        calls(json.path("calls"))),
                textOrNull(json, "key"),
                verdicts(json.path("guard")));
    }

    private static List<AuditedVerdict> verdicts(JsonNode all) {
        List<AuditedVerdict> verdicts = new ArrayList<>();
        for (JsonNode one : all) {
            List<String> categories = new ArrayList<>();
            one.path("categories").forEach(category -> categories.add(category.asText()));
            JsonNode probability = one.path("probability");
            verdicts.add(new AuditedVerdict(
                    text(one, "on"),
                    one.path("unsafe").asBoolean(),
                    text(one, "action"),
                    probability.isNumber() ? (Double) probability.asDouble() : null,
                    categories,
                    text(one, "guard"),
                    number(one, "millis")));
        }
        return verdicts;
    }

    private static @Nullable List<AuditedTurn> turns(JsonNode messages) {
        if (!messages.isArray()) {
            return null;
        }
        List<AuditedTurn> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            turns.add(new AuditedTurn(
                    text(message, "role"),
                    text(message, "content"),
                    calls(message.path("calls")),
                    textOrNull(message, "callId"),
                    textOrNull(message, "reasoning"),
                    textOrNull(message, "name")));
        }
        return turns;
    }

    private static @Nullable List<AuditedCall> calls(JsonNode calls) {
        if (!calls.isArray()) {
            return null;
        }
        List<AuditedCall> all = new ArrayList<>();
        for (JsonNode call : calls) {
            all.add(new AuditedCall(text(call, "id"), text(call, "name"), text(call, "arguments")));
        }
        return all;
    }

    private static @Nullable AuditedTools tools(JsonNode tools) {
        if (!tools.isObject()) {
            return null;
        }
        List<String> names = new ArrayList<>();
        tools.path("names").forEach(name -> names.add(name.asText()));
        return new AuditedTools(names, text(tools, "digest"));
    }

    private static String text(JsonNode json, String field) {
        String text = textOrNull(json, field);
        if (text == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return text;
    }

    private static @Nullable String textOrNull(JsonNode json, String field) {
        return json.path(field).textValue();
    }

    private static <E extends Enum<E>> @Nullable E enumOrNull(Class<E> type, JsonNode json, String field) {
        String word = textOrNull(json, field);
        return word == null ? null : Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }

    private static long number(JsonNode json, String field) {
        JsonNode number = json.path(field);
        if (!number.isIntegralNumber() || !number.canConvertToLong()) {
            throw new IllegalArgumentException(field + " is no whole number");
        }
        return number.longValue();
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}

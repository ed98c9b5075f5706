package dev.septet.activities.dataset.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.text.PublicText;
import java.util.List;
import java.util.Set;

/**
 * Fields that change what a row teaches, but that Septet does not use in training. A row with such
 * a field is bad, because it would teach something else without the field. All other unknown fields
 * are metadata, such as {@code id}, and are left out of the prepared row.
 */
public final class UnsupportedFields {
    /** Inputs other than text. */
    private static final Set<String> INPUTS =
            Set.of("documents", "chat_template_kwargs", "image", "images", "audio", "audios", "video", "videos");

    /** Tools that a model may call: learned where rows have messages. */
    private static final Set<String> TOOLS = Set.of("tools", "functions");

    private static final Set<String> CALLS = Set.of("tool_calls", "function_call");

    private static final Set<String> REASONING = Set.of("reasoning_content", "reasoning", "thinking");

    /** Whether a row or message contributes to the loss, and with which weight. */
    private static final Set<String> WEIGHTS =
            Set.of("weight", "sample_weight", "loss_weight", "train", "training", "trainable");

    private static final Set<String> MASKS =
            Set.of("loss_mask", "completion_mask", "assistant_masks", "train_detail", "input_ids");

    /** A label of the answer, or the class of a text. */
    private static final Set<String> LABELS = Set.of("label", "labels");

    /** What of a message is read, and decides by itself about the message. */
    private static final Set<String> OF_MESSAGES = Set.of(
            "tool_calls",
            "function_call",
            "reasoning_content",
            "reasoning",
            "thinking",
            "weight",
            "train",
            "training",
            "trainable");

    private static final Set<String> UNKNOWN_OF_MESSAGES = Set.of("prefix", "channel", "refusal");

    private static final List<String> MESSAGE_LISTS =
            List.of("messages", "conversations", "prompt", "completion", "chosen", "rejected");

    private final Set<String> read;

    private UnsupportedFields(Set<String> read) {
        this.read = read;
    }

    /**
     * Refuses a record with a field that changes what it teaches.
     *
     * @param format the record's format
     * @param read names of the fields that the pipeline's expressions read: they are not dropped
     *     silently
     * @throws RowProblem naming the first such field
     */
    public static void check(ObjectNode record, DatasetFormat format, Set<String> read) {
        UnsupportedFields fields = new UnsupportedFields(read);
        fields.ofRow(record, format);
        for (String list : MESSAGE_LISTS) {
            int at = 0;
            for (JsonNode message : record.path(list)) {
                fields.ofMessage(message, PublicText.of("%s[%d]", PublicText.field(list), at++));
            }
        }
    }

    private void ofRow(ObjectNode record, DatasetFormat format) {
        record.properties().forEach(field -> {
            String name = field.getKey();
            boolean tools = TOOLS.contains(name) && !chat(record, format);
            boolean label = LABELS.contains(name)
                    && !(name.equals("label") && format.fields().contains(name));
            if (tools || CALLS.contains(name) || dropped(name, field.getValue(), true) || label) {
                refuse(name, field.getValue(), PublicText.of("\"%s\"", PublicText.field(name)), label(name, format));
            }
        });
        boolean system = format == DatasetFormat.ALPACA
                || format == DatasetFormat.SHAREGPT
                || (format == DatasetFormat.PREFERENCE && record.has("conversations"));
        if (!system && hasValue(record.path("system"))) {
            if (format == DatasetFormat.CHAT) {
                throw new RowProblem(PublicText.of("\"system\" stands beside \"messages\" and would not be learned;"
                        + " make it the first message, from system"));
            }
            refuse("system", record.path("system"), PublicText.of("\"system\""), PublicText.of(""));
        }
    }

    /** Whether the rows are conversations, which may have tools. */
    private static boolean chat(ObjectNode record, DatasetFormat format) {
        return format == DatasetFormat.CHAT
                || format == DatasetFormat.SHAREGPT
                || (format.fields().contains("tools") && !record.path("prompt").isTextual());
    }

    private void ofMessage(JsonNode message, PublicText place) {
        boolean learned = message.has("from") || message.path("role").asText().equals("assistant");
        message.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            boolean own = OF_MESSAGES.contains(name) && (learned || !WEIGHTS.contains(name));
            if (!own && (dropped(name, value, learned) || UNKNOWN_OF_MESSAGES.contains(name))) {
                refuse(name, value, PublicText.of("%s.%s", place, PublicText.field(name)), PublicText.of(""));
            }
        });
    }

    private static boolean dropped(String name, JsonNode value, boolean learned) {
        return INPUTS.contains(name)
                || REASONING.contains(name)
                || MASKS.contains(name)
                || (WEIGHTS.contains(name) && !isDefault(value, learned));
    }

    /** The format that learns a label. */
    private static PublicText label(String name, DatasetFormat format) {
        if (!name.equals("label")) {
            return PublicText.of("");
        }
        return switch (format) {
            case TEXT -> PublicText.of(", or learn it as the answer with `format: classification`");
            case COMPLETION -> PublicText.of(", or learn only good answers with `format: kto`");
            default -> PublicText.of("");
        };
    }

    private void refuse(String name, JsonNode value, PublicText shown, PublicText otherwise) {
        if (hasValue(value) && !read.contains(name)) {
            throw new RowProblem(PublicText.of(
                    "%s changes what the row teaches, but Septet does not train on it;"
                            + " remove the field, or read it in `filter` or `map`%s",
                    shown, otherwise));
        }
    }

    /** Whether a weight is the one that Septet uses anyway. */
    private static boolean isDefault(JsonNode weight, boolean learned) {
        String text = weight.asText().strip();
        return learned
                ? List.of("1", "1.0", "true").contains(text)
                : List.of("0", "0.0", "false").contains(text);
    }

    /** Whether a field has a value: exports write null, an empty list or an empty text for none. */
    private static boolean hasValue(JsonNode value) {
        return !value.isMissingNode()
                && !value.isNull()
                && !(value.isContainerNode() && value.isEmpty())
                && !(value.isTextual() && value.textValue().isBlank());
    }
}

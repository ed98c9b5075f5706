package dev.septet.workers.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The change to one schedule.
 *
 * @param id the schedule's id: the pipeline's name
 * @param fields fields that are new or different, in display order
 * @param paused whether a person or a failed run has paused the schedule; the change keeps this
 * @param note the schedule's note; the change keeps it
 * @param next next start time, ISO-8601; null when the schedule does not exist yet or is paused
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScheduleChange(
        String id,
        Action action,
        List<Field> fields,
        boolean paused,
        @Nullable String note,
        @Nullable String next) {
    public ScheduleChange {
        fields = List.copyOf(fields);
    }

    /** The kind of change. */
    public enum Action {
        CREATE,
        UPDATE,
        UNCHANGED,
        /** No given file declares it, so it is deleted. */
        DELETE,
        /** No given file declares it, but deletion was not requested, so it stays. */
        LEFT
    }

    /**
     * A changed field.
     *
     * @param now value on the server; null when it has none
     * @param then value in the file
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Field(
            String name, @Nullable String now, @Nullable String then) {}
}

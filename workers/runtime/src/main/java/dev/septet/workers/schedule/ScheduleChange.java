package dev.septet.workers.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one schedule.
 *
 * @param id the schedule's id: the pipeline's name
 * @param fields what is new or different, in the order in which people read it
 * @param paused whether a person, or a failed run, has paused it; that stays so
 * @param note the note beside it; that stays too
 * @param next when it starts next, ISO-8601; null when it does not exist yet or is paused
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

    /** What is done. */
    public enum Action {
        CREATE,
        UPDATE,
        UNCHANGED,
        /** No file given wants it: it goes. */
        DELETE,
        /** No file given wants it, and nobody asked to delete such: it stays. */
        LEFT
    }

    /**
     * A field that changes.
     *
     * @param now as the server has it, null when it has nothing
     * @param then as the file says
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Field(
            String name, @Nullable String now, @Nullable String then) {}
}

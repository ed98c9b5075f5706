package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import java.util.Arrays;
import java.util.List;

/**
 * Who is told, of what.
 *
 * @param to the way
 * @param on the events, each once, in the order of {@link Event}
 */
public record NotifySpec(ChannelSpec to, List<Event> on) {
    public NotifySpec {
        require(!on.isEmpty(), "notify on: needs at least one event");
        on = on.stream().distinct().sorted().toList();
    }

    /** Every event, for a file that names none. */
    public static List<Event> every() {
        return Arrays.asList(Event.values());
    }

    /** What may happen to a pipeline. */
    public enum Event {
        /** A run ended as it should. */
        FINISHED,
        /** A run failed. */
        FAILED,
        /** A run waits for an answer of people. */
        WAITING,
        /** The deployed model sees other prompts than it was made for. */
        DRIFTED
    }
}

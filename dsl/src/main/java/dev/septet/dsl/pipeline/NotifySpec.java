package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import java.util.List;

/**
 * A notification rule: a channel and the events that it receives.
 *
 * @param to the channel
 * @param on the events, each once, in the order of {@link Event}
 */
public record NotifySpec(ChannelSpec to, List<Event> on) {
    public NotifySpec {
        require(!on.isEmpty(), "notify on: needs at least one event");
        on = on.stream().distinct().sorted().toList();
    }

    /** The default of {@code notify}: every event but {@link Event#WARNED}, which old files do not expect. */
    public static List<Event> every() {
        return List.of(Event.FINISHED, Event.FAILED, Event.WAITING, Event.DRIFTED);
    }

    /** Events of a pipeline. */
    public enum Event {
        /** A run finished without a failure. */
        FINISHED,
        /** A run failed, or its model was rejected; a monitor's checks began to fail, or work again. */
        FAILED,
        /** A run waits for an approval, for disk space or for the object store. */
        WAITING,
        /** The monitor raised its alarm: the requests drifted from the training data. */
        DRIFTED,
        /** The training got a warning, such as overfitting. Only a file that names this event gets it. */
        WARNED
    }
}

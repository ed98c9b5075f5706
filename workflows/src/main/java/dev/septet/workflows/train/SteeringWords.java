package dev.septet.workflows.train;

import io.temporal.workflow.Workflow;
import java.util.Locale;

/** The texts about steering. */
final class SteeringWords {
    private SteeringWords() {}

    static SteeringAnswer decided(SteeringDecision decision) {
        int step = decision.step();
        String message = switch (decision.action()) {
            case PAUSE -> String.format(Locale.ROOT, "pauses before step %d", step);
            case RESUME -> String.format(Locale.ROOT, "goes on with step %d", step);
            case CHECKPOINT_NOW -> String.format(Locale.ROOT, "commits a checkpoint before step %d", step);
            case STOP_EARLY -> String.format(Locale.ROOT, "ends before step %d", step);
            case SET_LEARNING_RATE ->
                String.format(Locale.ROOT, "learning rate %s from step %d on", decision.learningRate(), step);
        };
        return new SteeringAnswer(decision.sequence(), decision.action(), step, message);
    }

    static SteeringAnswer whilePaused(SteeringCommand command, TrainOutcome.Pause at) {
        Integer atStep = command.atStep();
        return decided(new SteeringDecision(
                command.sequence(),
                command.action(),
                command.learningRate(),
                atStep == null ? at.step() : atStep,
                null));
    }

    static SteeringAnswer recorded(SteeringCommand command) {
        return new SteeringAnswer(
                command.sequence(),
                command.action(),
                null,
                "recorded; no worker trains at the moment, it holds from the next step that one" + " takes");
    }

    /** For the Web UI: the state of the training, and the commands that steer it. */
    static String details(TrainStatus status) {
        String id = Workflow.getInfo().getWorkflowId();
        Integer step = status.pausedAt();
        StringBuilder text = new StringBuilder();
        if (step != null) {
            text.append(String.format(
                    Locale.ROOT, "**Paused before step %d.** It holds no device. Continue with\n\n", step));
            text.append(command("resume", id, ""));
            return text.toString();
        }
        text.append("Steer it with\n\n");
        text.append(command("pause", id, ""));
        text.append(command("checkpointNow", id, ""));
        text.append(command("setLearningRate", id, " --input '{\"value\":1e-4}'"));
        text.append(command("stopEarly", id, ""));
        return text.toString();
    }

    private static String command(String update, String id, String input) {
        return "    temporal workflow update execute --name %s --workflow-id %s%s\n".formatted(update, id, input);
    }
}

package dev.septet.activities.train;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.SteeringDecision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A run's steering records in the store: the commands, written by the workflow's light activity,
 * and the decisions, written by the training. One JSON object per line.
 */
public record SteeringRecords(ArtifactStore store, String runId) {
    List<SteeringCommand> commands() throws IOException {
        return lines(commandsName(), SteeringCommand.class);
    }

    List<SteeringDecision> decisions() throws IOException {
        return lines(decisionsName(), SteeringDecision.class);
    }

    /** Records the commands; an existing longer list, which begins with these commands, stays. */
    void putCommands(List<SteeringCommand> commands, Fence fence) throws IOException {
        if (commands().size() > commands.size()) {
            return;
        }
        store.putRecord(commandsName(), text(commands), fence);
    }

    void putDecisions(List<SteeringDecision> decisions, Fence fence) throws IOException {
        store.putRecord(decisionsName(), text(decisions), fence);
    }

    private String commandsName() {
        return "steering/%s/commands".formatted(runId);
    }

    private String decisionsName() {
        return "steering/%s/decisions".formatted(runId);
    }

    private <T> List<T> lines(String name, Class<T> type) throws IOException {
        List<T> values = new ArrayList<>();
        for (String line : store.record(name).orElse("").lines().toList()) {
            values.add(SpecJson.mapper().readValue(line, type));
        }
        return values;
    }

    private static String text(List<?> values) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Object value : values) {
            text.append(SpecJson.mapper().writeValueAsString(value)).append('\n');
        }
        return text.toString();
    }
}

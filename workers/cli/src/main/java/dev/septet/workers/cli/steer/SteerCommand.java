package dev.septet.workers.cli.steer;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringAnswer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code septet steer}. */
@Command(
        name = "steer",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Steer a running training.",
            "",
            "  pause            commit a checkpoint, release the device and wait",
            "  resume           continue after a pause",
            "  checkpoint-now   commit a checkpoint and continue",
            "  stop-early       end the training with what it has learned; the run continues",
            "  learning-rate V  train with this constant rate from the next step on",
            "",
            "The command prints the step at which it takes effect. If the training is"
                    + " killed later, its next attempt does the same at the same step."
        })
public final class SteerCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "RUN",
            description = "The run's workflow id: the pipeline's name for a run of `septet run`")
    private String run = "";

    @Parameters(index = "1", paramLabel = "WHAT", description = "The action, see above")
    private String what = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "VALUE", description = "The new rate")
    private @Nullable Double value;

    @Option(
            names = "--at-step",
            paramLabel = "N",
            description = "Apply the action before this step, counted from 0, instead of the next one")
    private @Nullable Integer atStep;

    @Option(names = "--json", description = "Print the answer as JSON")
    private boolean json;

    public SteerCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        SteeringAction action = action();
        try (Connection connection = ServerConnector.any(session)) {
            SteeringAnswer answer = RunningTraining.send(new RunHandle(connection, run, ""), action, value, atStep);
            session.terminal()
                    .print(
                            json
                                    ? SpecJson.mapper().writeValueAsString(answer)
                                    : "%s: %s".formatted(run, answer.message()));
        }
        return ExitCode.OK;
    }

    private SteeringAction action() {
        SteeringAction action = Arrays.stream(SteeringAction.values())
                .filter(known -> word(known).equals(what))
                .findFirst()
                .orElseThrow(() -> usage("there is no action '%s'; the actions are %s".formatted(what, words())));
        boolean rate = action == SteeringAction.SET_LEARNING_RATE;
        if (rate && value == null) {
            throw usage("learning-rate needs the new rate, such as 1e-4");
        }
        if (!rate && value != null) {
            throw usage("%s takes no value".formatted(what));
        }
        if (action == SteeringAction.RESUME && atStep != null) {
            throw usage("a paused training continues at its present step: resume takes no --at-step");
        }
        return action;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static String words() {
        return Arrays.stream(SteeringAction.values()).map(SteerCommand::word).collect(Collectors.joining(", "));
    }

    private static String word(SteeringAction action) {
        return action == SteeringAction.SET_LEARNING_RATE
                ? "learning-rate"
                : action.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

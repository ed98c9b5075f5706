package dev.septet.workers.cli.publish;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet rollback}. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Point a pipeline's published folders and its served name to the previous version.",
            "",
            "Each folder switches atomically: a reader finds the old version or the new one."
        })
public final class RollbackCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "PIPELINE", description = "The pipeline's name")
    private String pipeline = "";

    @Option(
            names = "--to",
            paramLabel = "VERSION",
            description =
                    "Another version instead of the previous one: the first digits of its sha256," + " at least 6")
    private @Nullable String version;

    @Option(names = "--json", description = "Print the result as JSON")
    private boolean json;

    public RollbackCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (!session.hasStore()) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "nothing was published from here yet: there is no %s"
                            .formatted(session.state().store()));
        }
        Aliases aliases = new Aliases(session.store(), session.environment());
        AliasHistory.Move move;
        try {
            session.localPipelines().require(pipeline);
            move = version == null ? aliases.rollBack(pipeline) : aliases.promote(pipeline, version);
            updateRoute(move.sha256());
        } catch (StageProblem problem) {
            throw new CliProblem(
                    problem.type() == FailureType.ELSEWHERE ? ExitCode.RUN_FAILED : ExitCode.NOT_FOUND,
                    String.valueOf(problem.getMessage()));
        }
        if (json) {
            session.terminal().print(SpecJson.mapper().writeValueAsString(move));
            return ExitCode.OK;
        }
        session.terminal().print("%s is at version %s".formatted(pipeline, move.sha256()));
        for (AliasHistory.Target target : aliases.history(pipeline).targets()) {
            session.terminal().print("  %s (%s)".formatted(target.folder(), target.type()));
        }
        return ExitCode.OK;
    }

    /**
     * Points the route to the version. Servers follow the route, and a running canary ends.
     */
    private void updateRoute(String sha256) throws IOException {
        Routes routes = new Routes(session.store());
        if (routes.route(pipeline).isPresent()) {
            var unused = routes.force(pipeline, routes.known(pipeline, sha256), new Fence("by hand/" + pipeline, 1));
        }
    }
}

package dev.septet.workers.cli.run;

import dev.septet.dsl.problem.Problem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.server.ServerRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Follows a started run until it ends, and prints its summary. */
record RunToEnd(Session session, RunServer cluster) {
    /**
     * Follows the run.
     *
     * @param file the pipeline file
     * @param remarks remarks for the file's author; they are already printed, and the JSON contains them
     * @return the exit code
     */
    int follow(RunHandle run, Path file, List<Problem> remarks, boolean json) throws IOException, InterruptedException {
        cluster.notePage(run);
        Interruption interruption = Interruption.during(session, run, cluster);
        try {
            RunSnapshot end = followed(run, interruption);
            int code = new RunSummary(session, cluster, run, end, file, remarks).print(json);
            cluster.awaitOthers(run);
            return code;
        } finally {
            interruption.over(); // from here on, a failure has its own message and exit code
        }
    }

    private RunSnapshot followed(RunHandle run, Interruption interruption) throws IOException, InterruptedException {
        try (RunView view =
                session.terminal().live() ? new BarsView(session.terminal()) : new LinesView(session.terminal())) {
            return new RunFollower(run, view, interruption).follow();
        }
    }

    /** Prints how to follow the run later. */
    static int detached(Session session, RunHandle run) {
        ServerRef server = run.connection().server();
        String page = server.page(run.workflowId(), run.runId());
        session.terminal().print(run.workflowId() + " " + run.runId());
        if (page != null) {
            session.terminal().note("Web UI   " + page);
        }
        session.terminal().note("Follow   septet status " + run.workflowId());
        return ExitCode.OK;
    }
}

package dev.septet.workers.cli.serve;

import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.serve.ModelServer;
import dev.septet.workers.serve.Observed;
import dev.septet.workers.serve.ServeSettings;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** Checks the address on which a model server listens, and explains when it cannot listen. */
final class Listening {
    private Listening() {}

    /**
     * Checks the settings before any model is loaded.
     *
     * @throws CliProblem USAGE when other machines could connect without a key
     */
    static void require(ServeSettings settings) {
        boolean loopback;
        try {
            loopback = InetAddress.getByName(settings.host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED, "--host %s is not an address of this machine".formatted(settings.host()));
        }
        if (!loopback && !settings.keys().keys().needed()) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "--host %s lets other machines connect, and no API keys are set: name a file of them with --key-file, or put them into %s"
                            .formatted(settings.host(), Setting.API_KEYS.variable()));
        }
    }

    static ModelServer start(ServeSettings settings, Models models, AuditBook audit, Observed observed)
            throws IOException {
        try {
            return ModelServer.start(settings, models, audit, observed);
        } catch (IOException e) {
            for (Throwable at = e; at != null; at = at.getCause()) {
                if (at instanceof BindException) {
                    // An address that this machine does not have yet, or any more, may come.
                    boolean taken = String.valueOf(at.getMessage()).contains("in use");
                    throw new CliProblem(
                            taken ? ExitCode.PORT_TAKEN : ExitCode.RUN_FAILED,
                            String.format(
                                    Locale.ROOT,
                                    "cannot listen on %s port %d: %s. %s",
                                    settings.host(),
                                    settings.port(),
                                    at.getMessage(),
                                    taken
                                            ? "Choose another port with --port; 0 = any free port."
                                            : "Choose an address of this machine with --host."));
                }
            }
            if (settings.tls() != null) {
                throw new CliProblem(ExitCode.USAGE, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }
}

package dev.septet.workers.cli.audit;

import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.util.List;
import java.util.stream.Stream;

/** The operator's regions whose national phone numbers audit logs and reviewed rows mask too. */
public final class PhoneRegions {

    private PhoneRegions() {}

    /**
     * ISO 3166 codes, sorted.
     *
     * @throws CliProblem USAGE naming what is no region
     */
    public static List<String> of(Session session) {
        List<String> named = Stream.of(
                        Setting.PHONE_REGIONS.text(session.environment()).split(","))
                .map(String::strip)
                .filter(region -> !region.isEmpty())
                .toList();
        try {
            return RedactSpec.checked(named);
        } catch (IllegalArgumentException unknown) {
            throw new CliProblem(ExitCode.USAGE, Setting.PHONE_REGIONS.variable() + ": " + unknown.getMessage());
        }
    }
}

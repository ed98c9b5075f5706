package dev.septet.workers.cli.audit;

import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.util.List;
import java.util.stream.Stream;

/**
 * The operator's regions, whose national phone numbers are also masked in audit logs and reviewed
 * rows.
 */
public final class PhoneRegions {

    private PhoneRegions() {}

    /**
     * The regions as sorted ISO 3166 codes.
     *
     * @throws CliProblem USAGE naming the invalid region
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

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Reads names of PDFs, one a line; prints what veraPDF says of each, one JSON object for each profile (arguments: ua1, 2a). */
public class Runner {
    public static void main(String[] profiles) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        ObjectMapper json = new ObjectMapper();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String name = names.readLine(); name != null; name = names.readLine()) {
            for (String profile : profiles) {
                Map<String, Object> answer = new LinkedHashMap<>(Map.of("file", name, "profile", profile));
                try {
                    validate(name, PDFAFlavour.byFlavourId(profile), answer);
                } catch (Exception | StackOverflowError | NoClassDefFoundError error) {
                    answer.put("error", error.toString());
                }
                out.println(json.writeValueAsString(answer));
            }
        }
    }

    static void validate(String name, PDFAFlavour flavour, Map<String, Object> answer) throws Exception {
        try (PDFAParser file = Foundries.defaultInstance().createParser(new File(name), flavour);
                // Every failure, none of what passed, messages about the very object, no progress.
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, -1, false, true, false)) {
            ValidationResult result = validator.validate(file);
            answer.put("compliant", result.isCompliant());
            answer.put("checks", result.getTotalAssertions());
            answer.put("end", result.getJobEndStatus().getValue());
            answer.put("failures", result.getTestAssertions().stream()
                .filter(one -> one.getStatus() == TestAssertion.Status.FAILED).map(Runner::told).toList());
        }
    }

    static List<String> told(TestAssertion one) {
        String rule = one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber();
        String message = one.getErrorMessage() == null ? "" : one.getErrorMessage();
        return List.of(rule, one.getMessage(), message, one.getLocation().getContext());
    }
}

package dev.heddle.agents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What a team gets that adds this one dependency. Heddle's management of versions does not hold in its build: there the
 * version nearest to the root counts, the first of equally near ones.
 */
class PublishedPomTest {

    /** A library once brought Jackson of 2022, with which nothing of ours could be loaded. */
    @Test
    void jacksonIsDeclaredBeforeEverythingThatCouldBringAnOldOne() throws Exception {
        assertEquals("jackson-databind", declared().get(0));
    }

    @Test
    void aTeamGetsAtMostSixDirectDependencies() throws Exception {
        List<String> declared = declared();
        assertTrue(declared.size() <= 6, declared::toString);
    }

    private static List<String> declared() throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile())
                .getDocumentElement();
        List<String> names = new ArrayList<>();
        NodeList dependencies =
                ((Element) project.getElementsByTagName("dependencies").item(0)).getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (dependency.getElementsByTagName("scope").getLength() == 0) {
                names.add(dependency
                        .getElementsByTagName("artifactId")
                        .item(0)
                        .getTextContent()
                        .strip());
            }
        }
        return names;
    }
}

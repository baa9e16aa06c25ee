package dev.herald.server;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The contract as a page: its services, methods, messages and enums with the comments and rules they have in the .proto files. */
final class ApiReference {
    private static final String PACKAGE = ".herald.v1.";
    private static final int MESSAGES = FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER;
    private static final int ENUMS = FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER;
    private static final int SERVICES = FileDescriptorProto.SERVICE_FIELD_NUMBER;

    private final List<FileDescriptorProto> files;
    private final Map<String, Message> messages = new LinkedHashMap<>();

    private ApiReference(FileDescriptorSet contract) {
        this.files = contract.getFileList().stream()
                .filter(file -> file.getPackage().equals("herald.v1"))
                .sorted(Comparator.comparing(FileDescriptorProto::getName))
                .toList();
    }

    /** A message and where it is told of. */
    public record Message(String name, String comment, List<String> rules, List<Field> fields) {}

    /** A field as a row. */
    public record Field(String name, String type, String rules, String meaning) {}

    /** An enum and its values. */
    public record Enumeration(String name, String comment, List<Value> values) {}

    /** A value of an enum. */
    public record Value(String name, String meaning) {}

    /** A method with the messages that only it uses. */
    public record Method(String name, String comment, String signature, List<Message> own) {
        /** Where a link to it leads. */
        public String anchor() {
            return ApiReference.anchor(name);
        }
    }

    /** A service with the messages and enums of its file that are shared. */
    public record Service(
            String name, String comment, List<Method> methods, List<Message> shared, List<Enumeration> enums) {
        /** Where a link to it leads. */
        public String anchor() {
            return ApiReference.anchor(name);
        }
    }

    /** The page, in Markdown. */
    static String of(FileDescriptorSet contract) throws IOException {
        return new ApiReference(contract).page();
    }

    private String page() throws IOException {
        files.forEach(this::readMessages);
        Map<String, Object> model = new HashMap<>();
        List<Service> services = files.stream()
                .filter(file -> file.getServiceCount() > 0)
                .map(this::service)
                .toList();
        model.put("services", services);
        model.put(
                "enums",
                files.stream()
                        .filter(file -> file.getServiceCount() == 0)
                        .flatMap(file -> enums(file).stream())
                        .toList());
        StringWriter page = new StringWriter();
        new PebbleEngine.Builder()
                .loader(new ClasspathLoader())
                .autoEscaping(false)
                .newLineTrimming(false)
                .strictVariables(true)
                .build()
                .getTemplate("api.md.peb")
                .evaluate(page, model);
        return tidied(page.toString());
    }

    /** One empty line between paragraphs, none between the rows of a table. */
    private static String tidied(String page) {
        return page.replaceAll("\n\\s*\n", "\n\n")
                        .replaceAll("\\|\n\n(?=\\|)", "|\n")
                        .strip() + "\n";
    }

    private void readMessages(FileDescriptorProto file) {
        Map<List<Integer>, String> comments = comments(file);
        for (int i = 0; i < file.getMessageTypeCount(); i++) {
            DescriptorProto type = file.getMessageType(i);
            if (type.getNestedTypeCount() + type.getEnumTypeCount() > 0) {
                throw new IllegalStateException(type.getName() + " has types within it, which this page can't show");
            }
            messages.put(type.getName(), message(type, comments, i));
        }
    }

    private static Message message(DescriptorProto type, Map<List<Integer>, String> comments, int index) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < type.getFieldCount(); i++) {
            FieldDescriptorProto field = type.getField(i);
            String meaning = comments.getOrDefault(List.of(MESSAGES, index, DescriptorProto.FIELD_FIELD_NUMBER, i), "");
            fields.add(new Field(field.getName(), type(type, field), ApiRules.of(field), cell(meaning)));
        }
        return new Message(
                type.getName(), comments.getOrDefault(List.of(MESSAGES, index), ""), ApiRules.of(type), fields);
    }

    private static String type(DescriptorProto message, FieldDescriptorProto field) {
        String name = switch (field.getType()) {
            case TYPE_MESSAGE, TYPE_ENUM -> linked(field.getTypeName());
            default -> field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
        };
        if (field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED) {
            return "list of " + name;
        }
        if (field.getProto3Optional()) {
            return "optional " + name;
        }
        return field.hasOneofIndex()
                ? name + ", or another of "
                        + message.getOneofDecl(field.getOneofIndex()).getName()
                : name;
    }

    private static String linked(String typeName) {
        if (!typeName.startsWith(PACKAGE)) {
            return typeName.substring(typeName.lastIndexOf('.') + 1);
        }
        String name = typeName.substring(PACKAGE.length());
        return "[" + name + "](#" + anchor(name) + ")";
    }

    private static String anchor(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private Service service(FileDescriptorProto file) {
        Map<List<Integer>, String> comments = comments(file);
        ServiceDescriptorProto service = file.getService(0);
        List<Method> methods = IntStream.range(0, service.getMethodCount())
                .mapToObj(i -> method(
                        service.getMethod(i),
                        comments.getOrDefault(List.of(SERVICES, 0, ServiceDescriptorProto.METHOD_FIELD_NUMBER, i), "")))
                .toList();
        Set<String> told = methods.stream()
                .flatMap(method -> method.own().stream())
                .map(Message::name)
                .collect(Collectors.toSet());
        List<Message> shared = file.getMessageTypeList().stream()
                .map(DescriptorProto::getName)
                .filter(name -> !told.contains(name))
                .map(messages::get)
                .toList();
        return new Service(
                service.getName(), comments.getOrDefault(List.of(SERVICES, 0), ""), methods, shared, enums(file));
    }

    private Method method(MethodDescriptorProto method, String comment) {
        String request = (method.getClientStreaming() ? "stream of " : "") + linked(method.getInputType());
        String answer = (method.getServerStreaming() ? "stream of " : "") + linked(method.getOutputType());
        Set<String> used = new LinkedHashSet<>(List.of(method.getInputType(), method.getOutputType()));
        List<Message> own = used.stream()
                .filter(name -> uses(name) == 1)
                .map(name -> messages.get(name.substring(PACKAGE.length())))
                .toList();
        return new Method(method.getName(), comment, request + " → " + answer, own);
    }

    /** How many methods and fields speak of a message. */
    private long uses(String typeName) {
        long byMethods = files.stream()
                .flatMap(file -> file.getServiceList().stream())
                .flatMap(service -> service.getMethodList().stream())
                .filter(method -> method.getInputType().equals(typeName)
                        || method.getOutputType().equals(typeName))
                .count();
        long byFields = files.stream()
                .flatMap(file -> file.getMessageTypeList().stream())
                .flatMap(message -> message.getFieldList().stream())
                .filter(field -> field.getTypeName().equals(typeName))
                .count();
        return byMethods + byFields;
    }

    private static List<Enumeration> enums(FileDescriptorProto file) {
        Map<List<Integer>, String> comments = comments(file);
        return IntStream.range(0, file.getEnumTypeCount())
                .mapToObj(i -> enumeration(file.getEnumType(i), comments, i))
                .toList();
    }

    private static Enumeration enumeration(EnumDescriptorProto type, Map<List<Integer>, String> comments, int index) {
        List<Value> values = IntStream.range(0, type.getValueCount())
                .mapToObj(i -> new Value(
                        type.getValue(i).getName(),
                        cell(comments.getOrDefault(
                                List.of(ENUMS, index, EnumDescriptorProto.VALUE_FIELD_NUMBER, i), ""))))
                .toList();
        return new Enumeration(type.getName(), comments.getOrDefault(List.of(ENUMS, index), ""), values);
    }

    /** What stands above each thing, by its path (descriptor.proto explains them). */
    private static Map<List<Integer>, String> comments(FileDescriptorProto file) {
        return file.getSourceCodeInfo().getLocationList().stream()
                .filter(Location::hasLeadingComments)
                .collect(Collectors.toMap(
                        Location::getPathList,
                        location -> comment(location.getLeadingComments()),
                        (one, other) -> one));
    }

    private static String comment(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.startsWith("buf:lint:"))
                .collect(Collectors.joining("\n"))
                .strip();
    }

    private static String cell(String text) {
        return text.replace('\n', ' ').replace("|", "\\|");
    }
}

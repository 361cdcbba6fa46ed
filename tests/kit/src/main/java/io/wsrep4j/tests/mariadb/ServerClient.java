package io.wsrep4j.tests.mariadb;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** A client of one server: SQL over connections of its own, each for one call. Thread-safe. */
final class ServerClient {

    private final ServerSettings settings;
    private final ServerPlace place;

    ServerClient(ServerSettings settings, ServerPlace place) {
        this.settings = settings;
        this.place = place;
    }

    /** See {@link MariaDbServer#connect}. */
    Connection connect() throws SQLException {
        String socket = settings.place.isEmpty() ? "" : "&localSocket=" + place.socket();
        return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + place.port()
                + "/test?user=root&connectTimeout=10000&socketTimeout=300000&permitMysqlScheme=true&usePipelineAuth=false"
                + socket);
    }

    /** See {@link MariaDbServer#execute}. */
    void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                execute(statement, sql);
            }
        }
    }

    private void execute(Statement statement, String sql) throws SQLException {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(
                    settings.name + ", " + sql + ": " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
        }
    }

    /** See {@link MariaDbServer#queryOne}. */
    String queryOne(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            if (columns != 1) {
                throw new IllegalArgumentException("'" + sql + "' has " + columns + " columns, 1 is allowed");
            }
            return result.next() ? result.getString(1) : null;
        }
    }

    /** See {@link MariaDbServer#statuses}. */
    Map<String, String> statuses(String pattern) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW GLOBAL STATUS LIKE '" + pattern + "'")) {
            Map<String, String> found = new TreeMap<>();
            while (result.next()) {
                found.put(result.getString(1), result.getString(2));
            }
            return found;
        }
    }

    /** See {@link MariaDbServer#providerOptions}. */
    Map<String, String> providerOptions() throws SQLException {
        Map<String, String> options = new TreeMap<>();
        for (String pair : queryOne("SELECT @@GLOBAL.wsrep_provider_options").split(";")) {
            if (!pair.isBlank()) {
                String[] nameAndValue = pair.split("=", 2);
                options.put(nameAndValue[0].trim(), nameAndValue[1].trim());
            }
        }
        return options;
    }
}

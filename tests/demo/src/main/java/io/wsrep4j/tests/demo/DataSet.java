package io.wsrep4j.tests.demo;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import java.sql.SQLException;

/** A small shop: customers, products, orders and their lines, tied by foreign keys; some 130,000 rows. */
final class DataSet {

    private DataSet() {}

    static void load(MariaDbServer server) throws SQLException {
        server.execute(
                "CREATE DATABASE shop",
                "CREATE TABLE shop.customer (id INT PRIMARY KEY, name VARCHAR(60) NOT NULL, city VARCHAR(40), KEY (city))",
                "CREATE TABLE shop.product (id INT PRIMARY KEY, name VARCHAR(60) NOT NULL, price DECIMAL(8,2) NOT NULL)",
                "CREATE TABLE shop.purchase (id INT PRIMARY KEY, customer INT NOT NULL, placed DATE NOT NULL,"
                        + " FOREIGN KEY (customer) REFERENCES shop.customer (id))",
                "CREATE TABLE shop.line (purchase INT, position INT, product INT NOT NULL, quantity INT NOT NULL,"
                        + " PRIMARY KEY (purchase, position),"
                        + " FOREIGN KEY (purchase) REFERENCES shop.purchase (id) ON DELETE CASCADE,"
                        + " FOREIGN KEY (product) REFERENCES shop.product (id))",
                "INSERT INTO shop.customer SELECT seq, CONCAT('customer ', seq), CONCAT('city ', seq MOD 50) FROM seq_1_to_2000",
                "INSERT INTO shop.product SELECT seq, CONCAT('product ', seq), 1 + seq MOD 400 FROM seq_1_to_500",
                "INSERT INTO shop.purchase SELECT seq, 1 + seq MOD 2000, DATE_ADD('2026-01-01', INTERVAL seq MOD 300 DAY)"
                        + " FROM seq_1_to_30000",
                "INSERT INTO shop.line SELECT p.seq, l.seq, 1 + (p.seq * l.seq) MOD 500, 1 + l.seq MOD 5"
                        + " FROM seq_1_to_25000 p, seq_1_to_4 l");
    }
}

import java.sql.*;

/** Asks KubeSQL through pgjdbc what tools ask, and prints what they would see. */
class Client {
  public static void main(String[] args) throws Exception {
    try (Connection c = DriverManager.getConnection(args[0])) {
      try (ResultSet tables = c.getMetaData().getTables(null, "k8s", "pods", new String[] {"TABLE"})) {
        while (tables.next()) System.out.println("table " + tables.getString("TABLE_NAME"));
      }
      try (ResultSet columns = c.getMetaData().getColumns(null, "k8s", "pods", "restart_count")) {
        while (columns.next()) System.out.println("column " + columns.getString("COLUMN_NAME") + " " + columns.getString("TYPE_NAME"));
      }
      c.setAutoCommit(false);
      try (Statement s = c.createStatement()) {
        s.setFetchSize(1000);
        int rows = 0;
        try (ResultSet r = s.executeQuery("select * from range(100000)")) {
          while (r.next()) rows++;
        }
        System.out.println("rows " + rows);
      }
      c.commit();
      c.setAutoCommit(true);
      String name = "";
      long count = 0;
      try (PreparedStatement p = c.prepareStatement("select count(*), min(architecture) from nodes where ready = ? and name like ?")) {
        for (int i = 0; i < 8; i++) {
          p.setBoolean(1, true);
          p.setString(2, "%");
          try (ResultSet r = p.executeQuery()) {
            r.next();
            count = r.getLong(1);
            name = r.getString(2);
          }
        }
      }
      System.out.println("prepared " + count + " " + name);
      try (Statement s = c.createStatement()) {
        s.executeUpdate("delete from pods");
      } catch (SQLException e) {
        System.out.println("read-only " + e.getSQLState());
      }
      try (Statement s = c.createStatement()) {
        s.setQueryTimeout(1);
        s.executeQuery("select count(*) from range(1000000) a, range(1000000) b");
      } catch (SQLException e) {
        System.out.println("timeout " + e.getSQLState());
      }
    }
  }
}

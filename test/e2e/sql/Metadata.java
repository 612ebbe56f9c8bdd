import java.sql.*;

/** Reads everything that a tool like DBeaver reads of a database when it opens a tree of it; prints how many rows came. */
class Metadata {
  interface Question {
    ResultSet ask() throws SQLException;
  }

  public static void main(String[] args) throws Exception {
    try (Connection c = DriverManager.getConnection(args[0])) {
      DatabaseMetaData m = c.getMetaData();
      print("product", m.getDatabaseProductName());
      print("read only", m.isReadOnly());
      print("user", m.getUserName());
      print("catalogs", names(m.getCatalogs(), "TABLE_CAT"));
      print("schemas", names(m.getSchemas(null, "k8s"), "TABLE_SCHEM"));
      print("table types", count(() -> m.getTableTypes()) > 0);
      print("tables", count(() -> m.getTables(null, "k8s", "%", new String[] {"TABLE"})) > 30);
      print("columns", names(m.getColumns(null, "k8s", "nodes", "%_allocatable"), "COLUMN_NAME"));
      print("remarks", names(m.getColumns(null, "k8s", "nodes", "cpu_allocatable"), "REMARKS"));
      print("primary keys", count(() -> m.getPrimaryKeys(null, "k8s", "pods")));
      print("imported keys", count(() -> m.getImportedKeys(null, "k8s", "pods")));
      print("exported keys", count(() -> m.getExportedKeys(null, "k8s", "pods")));
      print("cross reference", count(() -> m.getCrossReference(null, "k8s", "pods", null, "k8s", "nodes")));
      print("indexes", count(() -> m.getIndexInfo(null, "k8s", "pods", false, true)));
      print("best row identifier", count(() -> m.getBestRowIdentifier(null, "k8s", "pods", 1, true)));
      print("version columns", count(() -> m.getVersionColumns(null, "k8s", "pods")));
      print("functions", count(() -> m.getFunctions(null, "pg_catalog", "pg_get_%")) > 0);
      print("function columns", count(() -> m.getFunctionColumns(null, "pg_catalog", "length", "%")) > 0);
      print("procedures", count(() -> m.getProcedures(null, "k8s", "%")));
      print("procedure columns", count(() -> m.getProcedureColumns(null, "k8s", "%", "%")));
      print("types", count(() -> m.getTypeInfo()) > 10);
      print("user types", count(() -> m.getUDTs(null, "k8s", "%", null)) >= 0);
      print("privileges", count(() -> m.getTablePrivileges(null, "k8s", "pods")) >= 0);
      print("column privileges", count(() -> m.getColumnPrivileges(null, "k8s", "pods", "name")) >= 0);
      print("client info", count(() -> m.getClientInfoProperties()) > 0);
      print("functions of time", m.getTimeDateFunctions().length() > 0);
      print("keywords", m.getSQLKeywords().length() > 0);
      try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("select * from pods limit 1")) {
        ResultSetMetaData of = r.getMetaData();
        print("of a result", of.getColumnName(1) + " " + of.getColumnTypeName(1) + " " + of.getColumnClassName(1));
        print("its table", of.getTableName(1));
      }
      try (PreparedStatement p = c.prepareStatement("select name from pods where namespace = ?")) {
        print("parameters", p.getParameterMetaData().getParameterCount());
      }
      print("valid", c.isValid(5));
      print("schema", c.getSchema());
    }
  }

  static void print(String what, Object seen) {
    System.out.println(what + ": " + seen);
  }

  static int count(Question question) throws SQLException {
    int rows = 0;
    try (ResultSet r = question.ask()) {
      while (r.next()) rows++;
    }
    return rows;
  }

  static String names(ResultSet rows, String column) throws SQLException {
    StringBuilder all = new StringBuilder();
    try (ResultSet r = rows) {
      while (r.next()) all.append(all.length() > 0 ? " " : "").append(r.getString(column));
    }
    return all.toString();
  }
}

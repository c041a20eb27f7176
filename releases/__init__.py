"""What is handed out: wheel and source archive, built the same twice, installed and tried."""

"""riskloop (闭环): business-operation risk supervision for banks."""

static void main(String[] args) { new File('CANARY').text = 'x' }

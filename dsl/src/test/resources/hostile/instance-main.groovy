void main() { new File('CANARY').text = 'x' }

pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        redact email, names: 'data/customers.txt'
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}

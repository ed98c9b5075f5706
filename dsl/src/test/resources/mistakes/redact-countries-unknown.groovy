pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        redact nationalId, countries: ['ZZ']
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}

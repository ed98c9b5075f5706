pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        decontaminate against: ['tests/a.txt']
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
